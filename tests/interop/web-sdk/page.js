// A page without looks around the SDK: it shows every remote video, listens to every remote sound, and keeps what happened,
// so that a test can ask. Like the product's own page it asks again where Chromium refuses a sender's parameters, which the SDK
// takes for said and done (docs/decisions/0025).
import '../../../web/src/meeting/senderParameters.ts';

/** Puts `app` on the window: the SDK's own store and actions, and what the page saw and heard of them. */
export function expose(sdk) {
  const hms = new sdk.HMSReactiveStore();
  hms.triggerOnSubscribe();
  const [store, actions] = [hms.getStore(), hms.getActions()];
  const notifications = [];
  hms.getNotifications().onNotification(({ type, data, severity, message }) => {
    notifications.push({ type, severity, message, at: Date.now(), data: plain(data) });
    if (notifications.length > 500) notifications.shift();
  });

  const media = watchMedia(sdk, store, actions);
  window.app = {
    actions,
    notifications,
    media,
    join: (token, settings) => actions.join(configOf(token, settings)),
    preview: (token, settings) => actions.preview(configOf(token, settings)),
    /** The invitation to another role that waits for an answer. */
    invitation: () => store.getState(sdk.selectRoleChangeRequest),
    peerId: name => store.getState(sdk.selectPeers).find(peer => peer.name === name)?.id,
    state: () => stateOf(sdk, store),
    count: (type, test = () => true) => notifications.filter(n => n.type === type && test(n)).length,
  };
  // For the reader of a failure.
  Object.defineProperty(window, 'livestream', {
    get: () => ({ ...stateOf(sdk, store), media: media.seen(), last: notifications.slice(-8).map(n => `${n.type} ${n.message ?? ''}`) }),
  });
}

function configOf(token, { name = 'somebody', init, metaData, audioMuted = false, videoMuted = false, preview }) {
  return {
    userName: name,
    authToken: token,
    metaData,
    initEndpoint: init,
    settings: { isAudioMuted: audioMuted, isVideoMuted: videoMuted },
    ...preview,
  };
}

function stateOf(sdk, store) {
  const state = selector => store.getState(selector);
  const tracks = state(sdk.selectTracksMap);
  const room = state(sdk.selectRoom);
  return {
    roomState: room.roomState,
    sessionId: room.sessionId,
    role: state(sdk.selectLocalPeerRoleName),
    peerCount: state(sdk.selectPeerCount),
    hls: room.hls,
    recording: room.recording,
    rtmp: room.rtmp,
    peers: state(sdk.selectPeers).map(peer => ({
      id: peer.id,
      name: peer.name,
      role: peer.roleName,
      user: peer.customerUserId,
      isLocal: peer.isLocal,
      metadata: peer.metadata,
      hand: peer.isHandRaised,
      audio: kindOf(tracks[peer.audioTrack]),
      video: kindOf(tracks[peer.videoTrack]),
      screen: kindOf(peer.auxiliaryTracks.map(id => tracks[id]).find(track => track?.source === 'screen' && track.type === 'video')),
    })),
    messages: state(sdk.selectHMSMessages).map(m => ({
      from: m.senderName, role: m.senderRole, text: m.message, type: m.type, toRoles: m.recipientRoles, toPeer: m.recipientPeer, mine: m.senderUserId,
    })),
    store: state(sdk.selectSessionStore()),
    speakers: state(sdk.selectSpeakers),
    quality: state(sdk.selectConnectionQualities),
  };
}

function kindOf(track) {
  return track && { id: track.id, enabled: track.enabled, source: track.source, layer: track.layer, degraded: track.degraded };
}

// Data of notifications as JSON: requests carry whole peers, and tracks carry native objects.
function plain(data) {
  try {
    return JSON.parse(JSON.stringify(data ?? null));
  } catch {
    return String(data);
  }
}

/** Shows and hears remote tracks; counts frames with the wall clock of the first and the last one. */
function watchMedia(sdk, store, actions) {
  const videos = new Map();
  const sounds = new Map();
  let context;

  const show = id => {
    const element = document.createElement('video');
    Object.assign(element, { muted: true, playsInline: true, autoplay: true });
    document.querySelector('#tiles').append(element);
    const seen = { element, frames: 0, first: 0, last: 0, width: 0 };
    videos.set(id, seen);
    const count = () => {
      seen.frames++;
      seen.last = Date.now();
      seen.first ||= seen.last;
      seen.width = element.videoWidth;
      element.requestVideoFrameCallback(count);
    };
    element.requestVideoFrameCallback(count);
    actions.attachVideo(id, element).catch(error => console.warn('attach', error));
  };

  const hide = id => {
    const { element } = videos.get(id);
    videos.delete(id);
    actions.detachVideo(id, element).catch(() => {});
    element.remove();
  };

  const hear = id => {
    const native = actions.getNativeTrackById(id);
    if (!native) return;
    context ??= new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 4096 });
    context.createMediaStreamSource(new MediaStream([native])).connect(analyser);
    sounds.set(id, { analyser, peak: 0 });
  };

  const update = () => {
    const remote = Object.values(store.getState(sdk.selectTracksMap)).filter(track => !isLocal(track));
    const ids = new Set(remote.map(track => track.id));
    for (const track of remote) {
      if (track.type === 'video' && !videos.has(track.id)) show(track.id);
      if (track.type === 'audio' && !sounds.has(track.id)) hear(track.id);
    }
    for (const id of [...videos.keys()]) if (!ids.has(id)) hide(id);
    for (const id of [...sounds.keys()]) if (!ids.has(id)) sounds.delete(id);
  };
  const isLocal = track => store.getState(sdk.selectLocalPeerID) === track.peerId;
  store.subscribe(update, sdk.selectTracksMap);

  const samples = new Float32Array(4096);
  setInterval(() => {
    for (const sound of sounds.values()) {
      sound.analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples) sum += sample * sample;
      sound.peak = Math.max(sound.peak, Math.sqrt(sum / samples.length));
    }
  }, 50);

  return {
    /** By track id: frames shown so far and when, and the loudest sound so far (RMS, 1 is the most). */
    seen: () => ({
      videos: Object.fromEntries([...videos].map(([id, { frames, first, last, width }]) => [id, { frames, first, last, width }])),
      sounds: Object.fromEntries([...sounds].map(([id, { peak }]) => [id, peak])),
    }),
    /** Shows a picture in another size, in pixels. */
    resize: (id, width, height) => { Object.assign(videos.get(id).element.style, { width: `${width}px`, height: `${height}px` }); },
    frames: id => videos.get(id)?.frames ?? 0,
    peak: id => sounds.get(id)?.peak ?? 0,
    forgetPeaks: () => sounds.forEach(sound => { sound.peak = 0; }),
  };
}
