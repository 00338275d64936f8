// Going live: pick a source, publish by WHIP, then start the HLS stream of the room.

import { startLiveStream, stopLiveStreams, withToken } from "./api.js";
import { ClockSource } from "./clock-source.js";
import { MediaSession } from "./media-session.js";
import { reconnect } from "./reconnect.js";
import { RtpStats } from "./rtp-stats.js";
import { $, formatBitrate, formatMs, pause, showError, showOverlay, showState, showStats } from "./ui.js";

const NO_DEVICES = "Browsers give camera and screen on https and localhost only";

const VIDEO_BITRATE = 2_500_000;
const SIMULCAST = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 600_000 },
  { rid: "f", maxBitrate: VIDEO_BITRATE },
];

export class BroadcasterView {
  #stream = null;
  #session = null;
  #live = false;
  // Which of this tab's shows it is: what an earlier one left under way is not meant for the next.
  #show = 0;

  constructor(grant, params) {
    this.grant = grant;
    this.params = params;
    this.simulcast = params.get("simulcast") === "1";
  }

  async start() {
    $("publish-controls").hidden = false;
    $("camera").onclick = () => this.#pick("camera");
    $("screen").onclick = () => this.#pick("screen");
    $("go-live").onclick = () => this.#goLive();
    $("stop").onclick = () => this.#stop();
    $("copy").onclick = () => this.#copy();
    addEventListener("pagehide", () => this.#session?.close(true));
    showState("Ready", "idle");

    if (ClockSource.has(this.params.get("clock"))) {
      $("camera").textContent = "Test clock";
      await this.#pick("clock");
      if (this.params.get("live") === "1") await this.#goLive();
    } else {
      showOverlay("Choose a source", navigator.mediaDevices ? "Camera or screen, then go live" : NO_DEVICES);
    }
  }

  async #pick(source) {
    showError(null);
    if (source === "camera" && ClockSource.has(this.params.get("clock"))) source = "clock";
    try {
      if (source !== "clock" && !navigator.mediaDevices) throw new Error(NO_DEVICES);
      if (source === "screen" && !navigator.mediaDevices.getDisplayMedia) throw new Error("This browser cannot share a screen");
      this.#use(await SOURCES[source](this.params), source);
    } catch (error) {
      if (error.name === "NotAllowedError") error = new Error(`The browser does not allow the ${source}`);
      else if (error.name === "NotFoundError") error = new Error(`No ${source} was found`);
      showError(error);
    }
  }

  #use(stream, source) {
    const old = this.#stream;
    this.#stream = stream;
    if (this.#session) this.#replaceTracks(stream);
    old?.getTracks().forEach(track => track.stop());

    // The browser's own "stop sharing" button ends the track.
    stream.getVideoTracks()[0]?.addEventListener("ended", () => {
      if (this.#stream === stream) showOverlay("The source has ended", "Choose another one");
    });
    $("video").srcObject = stream;
    $("video").play().catch(() => { });
    $("camera").setAttribute("aria-pressed", String(source !== "screen"));
    $("screen").setAttribute("aria-pressed", String(source === "screen"));
    $("go-live").disabled = false;
    showOverlay(null);
  }

  #replaceTracks(stream) {
    for (const sender of this.#session.pc.getSenders()) {
      const track = stream.getTracks().find(t => t.kind === sender.track?.kind);
      // A screen without sound leaves the microphone's place silent.
      sender.replaceTrack(track ?? null).catch(showError);
    }
  }

  async #goLive() {
    showError(null);
    $("go-live").disabled = true;
    showState("Connecting…", "busy");
    try {
      await withToken(this.grant, () => this.#publish());
      await this.#startHls();
      this.#setLive(true);
      this.#showStats(this.#session);
    } catch (error) {
      showError(error);
      await this.#end("Not live", "bad");
    }
  }

  async #publish() {
    let connectedOnce = false;
    const session = new MediaSession(`/whip/${this.grant.roomId}`, this.grant.token);
    this.#session = session;
    for (const track of this.#stream.getTracks()) {
      const video = track.kind === "video";
      session.pc.addTransceiver(track, {
        direction: "sendonly",
        streams: [this.#stream],
        ...(video && { sendEncodings: this.simulcast ? SIMULCAST : [{ maxBitrate: VIDEO_BITRATE }] }),
      });
    }
    const connected = new Promise((resolve, reject) => {
      session.addEventListener("connected", () => {
        connectedOnce = true;
        resolve();
      }, { once: true });
      session.addEventListener("failed", () => reject(new Error("The media connection failed")), { once: true });
    });
    session.addEventListener("connected", () => this.#live && showState("Live", "good"));
    session.addEventListener("disconnected", () => this.#live && showState("Reconnecting…", "busy"));
    session.addEventListener("failed", () => connectedOnce && this.#live && session === this.#session && this.#reconnect());
    try {
      // Both may fail; the first to do so ends the attempt.
      await Promise.all([session.open(), connected]);
    } catch (error) {
      session.close();
      throw error;
    }
  }

  // The room's stream goes on meanwhile; only the way into it is new.
  async #reconnect() {
    const show = this.#show;
    const wanted = () => this.#show === show;
    showState("Reconnecting…", "busy");
    try {
      await reconnect(this.grant, async () => {
        await this.#session?.close();
        if (wanted()) await this.#publish();
      }, wanted);
    } catch (error) {
      showError(error);
      await this.#end("Not live", "bad");
    }
    if (!wanted()) return;
    showState("Live", "good");
    this.#showStats(this.#session);
  }

  async #startHls() {
    try {
      const stream = await startLiveStream(this.grant);
      this.#showLink(stream.playback?.url ?? this.grant.hlsUrl);
    } catch (error) {
      // Another publisher may have started it, and not every role may: the stage works without.
      if (error.status !== 409 && error.status !== 403) throw error;
      if (error.status === 403) showError(new Error("On stage for real-time viewers; this role may not start HLS."));
      this.#showLink(this.grant.hlsUrl);
    }
  }

  async #stop() {
    $("stop").disabled = true;
    showState("Stopping…", "busy");
    await stopLiveStreams(this.grant).catch(error => {
      if (error.status !== 404 && error.status !== 403) showError(error);
    });
    await this.#end("Ended", "idle");
  }

  async #end(state, tone) {
    this.#setLive(false);
    const session = this.#session;
    this.#session = null;
    await session?.close();
    showStats({});
    $("go-live").disabled = !this.#stream;
    showState(state, tone);
  }

  #setLive(live) {
    this.#live = live;
    this.#show++;
    $("live").hidden = !live;
    $("go-live").hidden = live;
    $("stop").hidden = !live;
    $("stop").disabled = false;
    if (live) showState("Live", "good");
  }

  async #showStats(session) {
    const stats = new RtpStats(session.pc, "outbound-rtp");
    while (this.#session === session) {
      const now = await stats.read();
      if (now) {
        showStats({
          "Bitrate": formatBitrate(now.bitrate),
          "Resolution": now.resolution,
          "Frames": now.fps === null ? null : `${Math.round(now.fps)} fps`,
          "Codec": now.codec,
          "Round trip": formatMs(now.rttMs),
        });
      }
      await pause(1000);
    }
  }

  #showLink(url) {
    if (!url) return;
    $("playback").value = new URL(url, location.href).href;
    $("links").hidden = false;
  }

  async #copy() {
    $("playback").select();
    await navigator.clipboard.writeText($("playback").value).catch(() => document.execCommand("copy"));
    $("copy").textContent = "Copied";
    await pause(1500);
    $("copy").textContent = "Copy";
  }
}

const SOURCES = {
  camera: () => navigator.mediaDevices.getUserMedia({
    video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
    audio: true,
  }),
  screen: async () => {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 30 } }, audio: true });
    stream.getVideoTracks()[0].contentHint = "detail";
    return stream;
  },
  clock: params => ClockSource.start(params.get("clock")),
};
