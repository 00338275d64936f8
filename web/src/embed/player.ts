// One stream from its first picture to its end.

import Hls from "hls.js";

// The player plays faster while it is a little behind, and stays where it is when it is further, as after a stall.
const jumpWhenBehindSeconds = 2;
const lookEveryMs = 500;
// A stream that is over and shows no new picture for so long has none left, even where no "ended" comes: a rendition may lack its last piece.
const stuckAtEndMs = 5000;

/** Plays by hls.js, or by the browser itself where that cannot be. Resolves when the stream is over, by its end or by an error that needs a fresh start. */
export const play = (video: HTMLVideoElement, url: string, start: () => Promise<void>): Promise<void> =>
  Hls.isSupported() ? playByHlsJs(video, url, start) : playNatively(video, url, start);

async function playByHlsJs(video: HTMLVideoElement, url: string, start: () => Promise<void>): Promise<void> {
  const hls = new Hls({
    lowLatencyMode: true,
    maxLiveSyncPlaybackRate: 1.1,
    backBufferLength: 30,
    // fMP4 needs no repackaging, so a worker would only cost a blob: exception in the page's security policy.
    enableWorker: false,
  });
  const timers = [setInterval(() => catchUp(hls, video), lookEveryMs)];
  try {
    await new Promise<void>(resolve => {
      let recovered = false, ending = false;
      hls.on(Hls.Events.MANIFEST_PARSED, () => void start());
      hls.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => {
        if (details.live || ending) return;
        ending = true;
        video.addEventListener("ended", () => resolve(), { once: true });
        timers.push(whenStuck(video, resolve));
      });
      hls.on(Hls.Events.ERROR, (_, data) => {
        if (!data.fatal) return;
        if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !recovered) {
          recovered = true;
          hls.recoverMediaError();
        } else {
          resolve();
        }
      });
      hls.loadSource(url);
      hls.attachMedia(video);
    });
  } finally {
    timers.forEach(clearInterval);
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

function catchUp(hls: Hls, video: HTMLVideoElement): void {
  const edge = hls.liveSyncPosition;
  // Who paused wants to stay; the edge is where playing goes on.
  if (edge === null || video.paused || video.seeking || video.ended) return;
  if (hls.latency - (hls.targetLatency ?? 0) > jumpWhenBehindSeconds && edge > video.currentTime) video.currentTime = edge;
}

async function playNatively(video: HTMLVideoElement, url: string, start: () => Promise<void>): Promise<void> {
  video.src = url;
  await new Promise<void>(resolve => {
    video.addEventListener("ended", () => resolve(), { once: true });
    video.addEventListener("error", () => resolve(), { once: true });
    void start();
  });
  video.removeAttribute("src");
  video.load();
}
