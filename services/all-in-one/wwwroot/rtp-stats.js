// Reads an RTCPeerConnection's statistics as differences between two looks.

/** Figures of one direction ("outbound-rtp" or "inbound-rtp"), or null before the first packets. */
export class RtpStats {
  #before = null;

  constructor(pc, direction) {
    this.pc = pc;
    this.direction = direction;
  }

  async read() {
    const report = await this.pc.getStats();
    const now = { at: 0, bytes: 0, jitterDelay: 0, jitterFrames: 0, video: null, rtt: null, lost: 0 };
    for (const stat of report.values()) {
      if (stat.type === this.direction) {
        now.at = stat.timestamp;
        now.bytes += stat.bytesSent ?? stat.bytesReceived ?? 0;
        // Of simulcast layers the largest is shown.
        if (stat.kind === "video" && (stat.frameWidth ?? 0) >= (now.video?.frameWidth ?? 0)) now.video = stat;
        if (stat.kind === "video" && stat.jitterBufferEmittedCount) {
          now.jitterDelay = stat.jitterBufferDelay;
          now.jitterFrames = stat.jitterBufferEmittedCount;
        }
      } else if (stat.type === "candidate-pair" && stat.nominated && stat.currentRoundTripTime !== undefined) {
        now.rtt = stat.currentRoundTripTime * 1000;
      }
    }

    const before = this.#before;
    this.#before = now;
    if (!before || now.at <= before.at) return null;
    const frames = now.jitterFrames - before.jitterFrames;
    const codec = now.video && report.get(now.video.codecId)?.mimeType;
    return {
      bitrate: 8000 * (now.bytes - before.bytes) / (now.at - before.at),
      resolution: now.video?.frameWidth ? `${now.video.frameWidth} × ${now.video.frameHeight}` : null,
      fps: now.video?.framesPerSecond ?? null,
      codec: codec ? codec.replace("video/", "") : null,
      rttMs: now.rtt,
      // Time from the last hop's socket to the screen: half a round trip and the wait in the jitter buffer.
      delayMs: frames > 0 ? 1000 * (now.jitterDelay - before.jitterDelay) / frames + (now.rtt ?? 0) / 2 : null,
    };
  }
}
