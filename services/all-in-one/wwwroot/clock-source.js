// A picture and a sound to measure with: the time, and with each whole second a white flash and a beep at the same moment.

import { COLUMNS, ROW_HEIGHT, encode } from "./clock-code.js";

// By the address's clock parameter. The small one leaves a slow machine time for what is tested beside it.
const PICTURES = {
  "1": { width: 1280, height: 720, fps: 30 },
  small: { width: 640, height: 360, fps: 15 },
};
const FLASH_MS = 100;
const BEEP_HZ = 1000, BEEP_S = 0.05;

export class ClockSource {
  /** Whether there is a clock of that name. */
  static has(name) {
    return Object.hasOwn(PICTURES, name ?? "");
  }

  /** A MediaStream with one video and one audio track. */
  static async start(name) {
    const { width, height, fps } = PICTURES[name];
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const picture = canvas.getContext("2d", { alpha: false });
    const draw = () => drawFrame(picture, width, height, Date.now());
    draw();

    // Timers of a worker keep their pace in a tab that is not looked at.
    const ticker = new Worker(new URL("./clock-ticker.js", import.meta.url));
    ticker.onmessage = () => {
      draw();
      ticker.postMessage("drawn");
    };
    ticker.postMessage(1000 / fps);

    // Every picture that is drawn: a rate would be kept by a second timer, which misses pictures when both tick together.
    const stream = canvas.captureStream();
    const audio = new AudioContext({ latencyHint: "interactive" });
    const sink = audio.createMediaStreamDestination();
    const beeps = scheduleBeeps(audio, sink);
    await Promise.race([audio.resume(), new Promise(resolve => setTimeout(resolve, 500))]);
    stream.addTrack(sink.stream.getAudioTracks()[0]);

    const [track] = stream.getVideoTracks();
    const stop = track.stop.bind(track);
    track.stop = () => {
      ticker.terminate();
      clearInterval(beeps);
      audio.close();
      stop();
    };
    return stream;
  }
}

function drawFrame(picture, frameWidth, frameHeight, now) {
  const flash = now % 1000 < FLASH_MS;
  picture.fillStyle = flash ? "#fff" : "#20262e";
  picture.fillRect(0, 0, frameWidth, frameHeight);

  const width = frameWidth / COLUMNS, height = frameHeight * ROW_HEIGHT;
  encode(now).forEach((bit, i) => {
    picture.fillStyle = bit ? "#fff" : "#000";
    const x = Math.round((i % COLUMNS) * width);
    picture.fillRect(x, Math.floor(i / COLUMNS) * height, Math.round((i % COLUMNS + 1) * width) - x, height);
  });

  picture.fillStyle = flash ? "#000" : "#fff";
  picture.textAlign = "center";
  picture.font = `600 ${frameHeight / 6}px ui-monospace, monospace`;
  picture.fillText(new Date(now).toISOString().slice(11, 23), frameWidth / 2, frameHeight * 0.55);
  // A bar that moves with the second, so that a frozen or jerky picture is seen at once.
  picture.fillRect(frameWidth / 16, frameHeight * 0.7, frameWidth * 7 / 8 * (now % 1000) / 1000, frameHeight / 30);
}

// Keeps the beeps of the next two seconds in the audio graph. The graph's clock is read beside the wall clock many times,
// because it moves in steps of a whole audio buffer.
function scheduleBeeps(audio, sink) {
  const offsets = [];
  let scheduled = 0;
  return setInterval(() => {
    if (audio.state !== "running") return;
    offsets.push(audio.currentTime - Date.now() / 1000);
    if (offsets.length > 60) offsets.shift();
    if (offsets.length < 10) return;
    const offset = offsets.reduce((sum, value) => sum + value, 0) / offsets.length;

    const next = Math.ceil(Date.now() / 1000 + 0.2);
    if (next <= scheduled) return;
    scheduled = next;
    const at = next + offset;
    const tone = new OscillatorNode(audio, { frequency: BEEP_HZ });
    const level = new GainNode(audio, { gain: 0.5 });
    tone.connect(level).connect(sink);
    tone.start(at);
    tone.stop(at + BEEP_S);
  }, 25);
}
