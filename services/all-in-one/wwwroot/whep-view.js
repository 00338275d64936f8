// Watching in real time by WHEP.

import { ClockReader } from "./clock-reader.js";
import { MediaSession } from "./media-session.js";
import { reconnect } from "./reconnect.js";
import { RtpStats } from "./rtp-stats.js";
import { $, askForClick, formatBitrate, formatMs, pause, showOverlay, showState, showStats, wireWatchControls } from "./ui.js";

const SILENT_SECONDS = 3;

export class WhepView {
  #session = null;
  #ended = null;
  #waitsForClick = false;
  #video = $("video");

  constructor(grant, params) {
    this.grant = grant;
    this.reader = params.get("clock") === "1" ? new ClockReader(this.#video) : null;
  }

  async start() {
    wireWatchControls(this.#video);
    addEventListener("pagehide", () => this.#session?.close(true));
    this.#video.addEventListener("playing", () => {
      this.#waitsForClick = false;
      this.#showPlaying();
    });
    this.reader?.start();

    // The first attempt's failure is told: a wrong code stays wrong. Later ones are retried for as long as that may help.
    showState("Connecting…", "busy");
    showOverlay("Connecting…", "", true);
    await this.#play();
    while (true) {
      await this.#ended;
      $("live").hidden = true;
      showState("Reconnecting…", "busy");
      showOverlay("Reconnecting…", "", true);
      await pause(500);
      await reconnect(this.grant, () => this.#play());
    }
  }

  async #play() {
    await this.#session?.close();
    this.#waitsForClick = false;
    const session = new MediaSession(`/whep/${this.grant.roomId}`, this.grant.token);
    this.#session = session;
    session.pc.addTransceiver("audio", { direction: "recvonly" });
    session.pc.addTransceiver("video", { direction: "recvonly" });

    const stream = new MediaStream();
    session.pc.addEventListener("track", event => {
      stream.addTrack(event.track);
      this.#video.srcObject = stream;
      this.reader?.listenTo(stream);
      this.#startPicture();
    });
    session.addEventListener("connected", () => {
      if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
        this.#showEmptyStage();
      } else {
        this.#showPlaying();
      }
    });
    session.addEventListener("disconnected", () => showState("Connection lost…", "busy"));
    this.#ended = new Promise(resolve => session.addEventListener("failed", resolve, { once: true }));
    await session.open();
    this.#showStats(session);
  }

  #startPicture() {
    this.#video.play().catch(error => {
      if (error.name !== "NotAllowedError") return;
      this.#waitsForClick = true;
      askForClick(() => {
        this.#waitsForClick = false;
        if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) this.#showEmptyStage();
        this.#startPicture();
      });
    });
  }

  #showEmptyStage() {
    if (this.#waitsForClick) return;
    showState("Waiting for the stage", "busy");
    showOverlay("Nobody is on stage", "The picture comes by itself", true);
    $("live").hidden = true;
  }

  #showPlaying() {
    // The picture of a connection that is lost may still begin.
    if (this.#waitsForClick || this.#session.pc.connectionState !== "connected") return;
    showOverlay(null);
    showState("Playing", "good");
    $("live").hidden = false;
  }

  async #showStats(session) {
    const stats = new RtpStats(session.pc, "inbound-rtp");
    let silentSeconds = 0;
    while (this.#session === session && session.pc.connectionState !== "closed") {
      const now = await stats.read();
      // The connection outlives the publisher: no packets for a while means that the stage is empty.
      if (now?.bitrate === 0) {
        if (++silentSeconds === SILENT_SECONDS) this.#showEmptyStage();
      } else if (now) {
        if (silentSeconds >= SILENT_SECONDS) this.#showPlaying();
        silentSeconds = 0;
      }
      const measured = this.reader?.medianLatencyMs ?? null;
      if (now?.resolution && now.bitrate > 0) {
        showStats({
          [measured === null ? "Delay (estimate)" : "Latency"]: formatMs(measured ?? now.delayMs),
          "Bitrate": formatBitrate(now.bitrate),
          "Resolution": now.resolution,
          "Frames": now.fps === null ? null : `${Math.round(now.fps)} fps`,
          "Codec": now.codec,
          "Round trip": formatMs(now.rttMs),
          "Sound offset": formatOffset(this.reader?.medianOffsetMs ?? null),
        });
      }
      await pause(1000);
    }
  }
}

const formatOffset = ms => ms === null ? null : `${ms > 0 ? "+" : ""}${Math.round(ms)} ms`;
