// A picture and a sound to measure with: 1280x720 at 30 frames a second with the time in it, and with each whole second
// a white flash and a beep at the same moment.

import { COLUMNS, ROW_HEIGHT, encode } from "./clock-code.js";

const WIDTH = 1280, HEIGHT = 720, FPS = 30;
const FLASH_MS = 100;
const BEEP_HZ = 1000, BEEP_S = 0.05;

export class ClockSource {
  /** A MediaStream with one video and one audio track. */
  static async start() {
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    const picture = canvas.getContext("2d", { alpha: false });
    const draw = () => drawFrame(picture, Date.now());
    draw();

    // Timers of a worker keep their pace in a tab that is not looked at.
    const ticker = new Worker(new URL("./clock-ticker.js", import.meta.url));
    ticker.onmessage = draw;
    ticker.postMessage(1000 / FPS);

    const stream = canvas.captureStream(FPS);
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

function drawFrame(picture, now) {
  const flash = now % 1000 < FLASH_MS;
  picture.fillStyle = flash ? "#fff" : "#20262e";
  picture.fillRect(0, 0, WIDTH, HEIGHT);

  const width = WIDTH / COLUMNS, height = HEIGHT * ROW_HEIGHT;
  encode(now).forEach((bit, i) => {
    picture.fillStyle = bit ? "#fff" : "#000";
    const x = Math.round((i % COLUMNS) * width);
    picture.fillRect(x, Math.floor(i / COLUMNS) * height, Math.round((i % COLUMNS + 1) * width) - x, height);
  });

  picture.fillStyle = flash ? "#000" : "#fff";
  picture.textAlign = "center";
  picture.font = "600 120px ui-monospace, monospace";
  picture.fillText(new Date(now).toISOString().slice(11, 23), WIDTH / 2, HEIGHT * 0.55);
  // A bar that moves with the second, so that a frozen or jerky picture is seen at once.
  picture.fillRect(80, HEIGHT * 0.7, (WIDTH - 160) * (now % 1000) / 1000, 24);
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
