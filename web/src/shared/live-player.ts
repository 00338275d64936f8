// One stream from its first picture to its end, for the embedded player and, as a library of its own, for the try page.

import Hls from "hls.js";

export { playlistState } from "./playlist";

// Further behind the live edge than it aims at, the player jumps ahead: before anything is seen, and later on after a stall.
const jumpAtStartSeconds = 0.2, jumpWhenBehindSeconds = 1;
const lookEveryMs = 500;
// A stream that is over and shows no new picture for so long has none left, even where no "ended" comes: a rendition may lack its last piece.
const stuckAtEndMs = 5000;

/** What whoever plays may want to know. */
export interface PlayerEvents {
  /** Is given the hls.js that plays, once the element is attached. */
  onPlayer?: (hls: Hls) => void;
  /** The browser starts nothing by itself, not even without sound: it waits for `video.play()` in the handler of a click. */
  onBlocked?: () => void;
}

/**
 * Plays by hls.js, or by the browser itself where that cannot be. Resolves when the stream is over, by its end or by an error that needs a
 * fresh start.
 */
export const play = (video: HTMLVideoElement, url: string, events: PlayerEvents = {}): Promise<void> =>
  Hls.isSupported() ? playByHlsJs(video, url, events) : playNatively(video, url, events);

async function playByHlsJs(video: HTMLVideoElement, url: string, { onPlayer, onBlocked }: PlayerEvents): Promise<void> {
  const hls = new Hls({
    lowLatencyMode: true,
    // Playing faster to catch up makes Chromium wait for a moment again and again, with all of the media there.
    maxLiveSyncPlaybackRate: 1,
    // After each stall it stays so much further behind: a part, not the second that is usual.
    liveSyncOnStallIncrease: 0.333,
    // What was played the browser lets go itself. When hls.js 1.7 does, it forgets which parts of the segment under way it has, and then
    // stands still at the next segment for as long as parts are listed.
    backBufferLength: Infinity,
    // fMP4 needs no repackaging, so a worker would only cost a blob: exception in the page's security policy.
    enableWorker: false,
  });
  // Loading took time: what was the place to begin at is behind it by then.
  const onBegin = () => catchUp(hls, video, jumpAtStartSeconds);
  video.addEventListener("playing", onBegin, { once: true });
  let blocked = false;
  const onPlaying = () => { blocked = false; };
  video.addEventListener("playing", onPlaying);
  const catchingUp = setInterval(() => catchUp(hls, video, jumpWhenBehindSeconds), lookEveryMs);
  const timers = [catchingUp];
  try {
    await new Promise<void>(resolve => {
      let ending = false, trouble = "";
      const end = () => {
        hls.off(Hls.Events.MEDIA_DETACHING, startAfresh);
        resolve();
      };
      const startAfresh = () => {
        console.warn(`The player starts afresh. ${trouble}`);
        end();
      };
      hls.on(Hls.Events.MANIFEST_PARSED, () => void start(video, () => {
        blocked = true;
        onBlocked?.();
      }));
      hls.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => {
        if (details.live || ending) return;
        ending = true;
        // Nobody has begun to watch: there is no rest to show, and the next stream may come.
        if (blocked && video.paused) return end();
        // There is no edge to be near any more: who is behind sees the rest.
        clearInterval(catchingUp);
        video.removeEventListener("playing", onBegin);
        video.addEventListener("ended", end, { once: true });
        timers.push(whenStuck(video, end));
      });
      hls.on(Hls.Events.ERROR, (_, data) => {
        trouble = `${data.details}: ${data.error.message}`;
        if (data.fatal) startAfresh();
      });
      // Attached anew, as hls.js does by itself after some errors of media, the element is paused and may never play again
      // (docs/decisions/0023).
      hls.on(Hls.Events.MEDIA_DETACHING, startAfresh);
      hls.loadSource(url);
      hls.attachMedia(video);
      onPlayer?.(hls);
    });
  } finally {
    timers.forEach(clearInterval);
    video.removeEventListener("playing", onBegin);
    video.removeEventListener("playing", onPlaying);
    hls.destroy();
  }
}

// A paused picture stands still because somebody wants it to.
function whenStuck(video: HTMLVideoElement, then: () => void): ReturnType<typeof setInterval> {
  let [at, since] = [video.currentTime, Date.now()];
  return setInterval(() => {
    if (video.currentTime !== at || video.paused) [at, since] = [video.currentTime, Date.now()];
    else if (Date.now() - since > stuckAtEndMs) then();
  }, lookEveryMs);
}

async function start(video: HTMLVideoElement, onBlocked?: () => void): Promise<void> {
  for (;;) {
    try {
      return await video.play();
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      // Browsers start sound only after a click in the page.
      if (name === "NotAllowedError" && !video.muted) video.muted = true;
      // A player that starts afresh attaches the element anew, which leaves it paused.
      else if (name === "AbortError") await new Promise(resolve => video.addEventListener("canplay", resolve, { once: true }));
      else {
        if (name === "NotAllowedError") onBlocked?.();
        return;
      }
    }
  }
}

function catchUp(hls: Hls, video: HTMLVideoElement, most: number): void {
  const edge = hls.liveSyncPosition;
  // Who paused wants to stay; the edge is where playing goes on.
  if (edge === null || video.paused || video.seeking || video.ended) return;
  if (hls.latency - (hls.targetLatency ?? 0) > most && edge > video.currentTime) video.currentTime = edge;
}

async function playNatively(video: HTMLVideoElement, url: string, { onBlocked }: PlayerEvents): Promise<void> {
  video.src = url;
  await new Promise<void>(resolve => {
    video.addEventListener("ended", () => resolve(), { once: true });
    video.addEventListener("error", () => resolve(), { once: true });
    void start(video, onBlocked);
  });
  video.removeAttribute("src");
  video.load();
}
