// Remembers every RTCPeerConnection of the page, so that a test can read its statistics whatever the page shows.
(() => {
  const connections = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      connections.push(this);
      this.addEventListener('connectionstatechange', () => { this.changedAt = Date.now(); });
    }
  };

  // All that were ever made.
  window.rtcConnectionsMade = () => connections.length;

  // Whether none has changed its state for so long, in milliseconds.
  window.rtcIsSettled = time => connections.every(connection => Date.now() - (connection.changedAt ?? 0) > time);

  // Ends those that are there; no event tells the page.
  window.rtcCloseAll = () => connections.forEach(connection => connection.close());

  // Sums over the connections that are still open.
  window.rtcProbe = async () => {
    const seen = {
      connections: 0, framesDecoded: 0, framesEncoded: 0, freezes: 0, width: 0, height: 0, videoCodec: '', audioSamples: 0,
      packetsLost: 0, packetsReceived: 0, packetsSent: 0, videoBytesSent: 0, layers: [], protocols: [], srtpCiphers: [],
    };
    for (const connection of connections) {
      if (connection.connectionState !== 'connected') continue;
      seen.connections++;
      const stats = await connection.getStats();
      for (const s of stats.values()) {
        if (s.type === 'inbound-rtp') {
          seen.packetsLost += s.packetsLost;
          seen.packetsReceived += s.packetsReceived;
          if (s.kind === 'video') {
            seen.framesDecoded += s.framesDecoded ?? 0;
            seen.freezes += s.freezeCount ?? 0;
            seen.width = s.frameWidth ?? seen.width;
            seen.height = s.frameHeight ?? seen.height;
            seen.videoCodec = stats.get(s.codecId)?.mimeType ?? seen.videoCodec;
          } else {
            seen.audioSamples += s.totalSamplesReceived ?? 0;
          }
        } else if (s.type === 'outbound-rtp' && s.kind === 'video') {
          seen.framesEncoded += s.framesEncoded ?? 0;
          seen.videoBytesSent += s.bytesSent ?? 0;
          seen.videoCodec = stats.get(s.codecId)?.mimeType ?? seen.videoCodec;
          seen.layers.push({ rid: s.rid ?? '', width: s.frameWidth ?? 0, height: s.frameHeight ?? 0, frames: s.framesEncoded ?? 0 });
        } else if (s.type === 'candidate-pair' && s.nominated && s.state === 'succeeded') {
          seen.protocols.push(stats.get(s.localCandidateId)?.protocol ?? '');
        } else if (s.type === 'transport') {
          // Of all kinds: media, reports, feedback.
          seen.packetsSent += s.packetsSent ?? 0;
          if (s.srtpCipher) seen.srtpCiphers.push(s.srtpCipher);
        }
      }
    }
    return seen;
  };
})();
