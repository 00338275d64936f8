// Watching by low-latency HLS.

import { ClockReader } from "./clock-reader.js";
import { $, askForClick, formatBitrate, formatMs, pause, showError, showOverlay, showState, showStats, wireWatchControls } from "./ui.js";

const POLL_MS = 1000;

// Shorter than what WebRTC's statistics count as a freeze, nobody sees it stand still.
const STALL_MS = 150;

export class HlsView {
  #video = $("video");
  #player = null;
  #hls = null;
  #playing = false;
  #stall = 0;

  constructor(grant, params) {
    this.url = new URL(params.get("hls") ?? grant.hlsUrl ?? "", location.href).href;
    this.known = Boolean(params.get("hls") ?? grant.hlsUrl);
    this.reader = params.get("clock") === "1" ? new ClockReader(this.#video) : null;
  }

  async start() {
    if (!this.known) throw new Error("This room has no HLS address");
    this.#player = await loadPlayer();
    wireWatchControls(this.#video);
    this.#video.addEventListener("playing", () => this.#onPlaying());
    this.#video.addEventListener("waiting", () => this.#onWaiting());
    this.reader?.start();
    this.#showStats();

    let seen = false;
    while (true) {
      const state = await this.#player.playlistState(this.url);
      if (state === "live") {
        seen = true;
        await this.#play();
      } else if (state === "unreachable") {
        $("live").hidden = true;
        showState("Unreachable", "bad");
        showOverlay("The stream's address cannot be reached", `${new URL(this.url).host} is asked again and again`, true);
      } else if (state === "ended" || seen) {
        $("live").hidden = true;
        showState("Ended", "idle");
        showOverlay("The stream has ended", "It plays again when the room goes live");
      } else {
        showState("Not live yet", "busy");
        showOverlay("Not live yet", "The picture comes by itself when the room goes live", true);
      }
      await pause(POLL_MS);
    }
  }

  // Resolves when the stream is over, by its end or by an error that needs a fresh start.
  async #play() {
    this.#showLoading();
    showError(null);
    this.#playing = false;
    try {
      await this.#player.play(this.#video, this.url, {
        onPlayer: hls => {
          this.#hls = hls;
          // For the browser's console: what the player knows is half of every diagnosis.
          window.hlsPlayer = hls;
          this.reader?.listenToElement();
        },
        onBlocked: () => this.#askForClick(),
      });
    } finally {
      clearTimeout(this.#stall);
      this.#hls = null;
      this.#playing = false;
      window.livestream.hls = null;
      showStats({});
    }
  }

  #showLoading() {
    showState("Loading…", "busy");
    showOverlay("Loading…", "", true);
  }

  #askForClick() {
    askForClick(() => {
      this.#showLoading();
      this.#video.play().catch(error => error.name === "NotAllowedError" && this.#askForClick());
    });
  }

  #onPlaying() {
    clearTimeout(this.#stall);
    this.#playing = true;
    showOverlay(null);
    showState("Playing", "good");
    $("live").hidden = false;
  }

  #onWaiting() {
    if (!this.#playing || this.#video.seeking || this.#video.ended) return;
    const circumstances = this.#circumstances();
    clearTimeout(this.#stall);
    this.#stall = setTimeout(() => {
      if (this.#video.paused || this.#video.ended) return;
      window.livestream.stalls++;
      this.#playing = false;
      showState("Buffering…", "busy");
      console.warn(`stalled at ${circumstances}`);
    }, STALL_MS);
  }

  // For the browser's console: whether media was missing, and how near the live edge it was asked for.
  #circumstances() {
    const { currentTime, buffered } = this.#video;
    const ahead = buffered.length ? buffered.end(buffered.length - 1) - currentTime : 0;
    const edge = this.#hls ? `, ${this.#hls.latency.toFixed(2)} s behind the edge, aim ${this.#hls.targetLatency?.toFixed(2)} s` : "";
    return `${currentTime.toFixed(2)} s with ${ahead.toFixed(2)} s ahead${edge}`;
  }

  // Now minus the wall-clock time of the frame on screen, from EXT-X-PROGRAM-DATE-TIME.
  #playlistLatencyMs() {
    const date = this.#hls?.playingDate ?? nativeDate(this.#video);
    return date ? Date.now() - date.getTime() : null;
  }

  async #showStats() {
    while (true) {
      const latency = this.#playlistLatencyMs();
      if (this.#playing && latency !== null) {
        if (!this.reader) {
          const list = window.livestream.latencyMs;
          list.push(latency);
          if (list.length > 300) list.shift();
        }
        window.livestream.hls = {
          playlistLatencyMs: latency,
          targetLatencyMs: 1000 * (this.#hls?.targetLatency ?? NaN),
          playbackRate: this.#video.playbackRate,
          level: this.#hls?.currentLevel ?? -1,
        };
        const level = this.#hls?.levels[this.#hls.currentLevel];
        const buffered = this.#video.buffered;
        showStats({
          "Latency": formatMs(this.reader?.medianLatencyMs ?? latency),
          "By playlist clock": this.reader ? formatMs(latency) : null,
          "Buffer": buffered.length ? formatMs(1000 * (buffered.end(buffered.length - 1) - this.#video.currentTime)) : null,
          "Resolution": `${this.#video.videoWidth} × ${this.#video.videoHeight}`,
          "Bandwidth": level?.bitrate ? formatBitrate(level.bitrate) : null,
          "Stalls": String(window.livestream.stalls),
        });
      }
      await pause(500);
    }
  }
}

// The player is the web client's own and comes from its build. Only this view needs it, so only this one is without it.
async function loadPlayer() {
  const library = new URL("./lib/live-player.mjs", import.meta.url);
  try {
    return await import(library);
  } catch (cause) {
    const reply = await fetch(library, { method: "HEAD" }).catch(() => null);
    throw new Error(reply?.status === 404
      ? "The HLS player was not built, as that needs npm (Node.js 20 or later). Install it, then start again by run.sh, or build it by hand: npm ci --prefix web, npm run --prefix web build."
      : "The HLS player did not arrive. Load the page again.", { cause });
  }
}

// Safari tells the start of the timeline as a date.
const nativeDate = video => {
  const start = video.getStartDate?.();
  return start && !Number.isNaN(start.getTime()) ? new Date(start.getTime() + 1000 * video.currentTime) : null;
};
