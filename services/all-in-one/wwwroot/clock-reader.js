// Reads the clock of clock-source.js back from a playing video: glass-to-glass latency, and how far sound and picture are
// apart. Results go to window.livestream for scripts and to the page for people.

import { COLUMNS, ROWS, ROW_HEIGHT, decode } from "./clock-code.js";

const KEEP = 300;
// Pixels for one cell after scaling; the middle half is averaged.
const CELL = 8;

export class ClockReader {
  #video;
  #canvas;
  #audio = null;
  #ready = null;
  #source = null;
  #stream = null;

  constructor(video) {
    this.#video = video;
    const canvas = document.createElement("canvas");
    canvas.width = COLUMNS * CELL;
    canvas.height = ROWS * CELL;
    this.#canvas = canvas.getContext("2d", { willReadFrequently: true });
  }

  get medianLatencyMs() { return median(window.livestream.latencyMs.slice(-60)); }

  get medianOffsetMs() { return median(window.livestream.avOffsetMs.slice(-15)); }

  start() {
    this.#video.requestVideoFrameCallback((now, frame) => {
      this.#read(now, frame);
      this.start();
    });
  }

  #read(now, frame) {
    const video = this.#video;
    if (!video.videoWidth) return;
    const { width, height } = this.#canvas.canvas;
    this.#canvas.drawImage(video, 0, 0, video.videoWidth, video.videoHeight * ROW_HEIGHT * ROWS, 0, 0, width, height);
    const wall = Date.now();
    const shown = decode(this.#levels(), wall);
    if (shown === null) {
      window.livestream.clock.rejected++;
      return;
    }
    window.livestream.clock.decoded++;
    // The frame reaches the glass when the compositor says it will.
    keep(window.livestream.latencyMs, wall + Math.max(0, frame.expectedDisplayTime - now) - shown);
  }

  #levels() {
    const { width, height } = this.#canvas.canvas;
    const pixels = this.#canvas.getImageData(0, 0, width, height).data;
    const levels = [];
    for (let row = 0; row < ROWS; row++) {
      for (let column = 0; column < COLUMNS; column++) {
        let sum = 0;
        for (let y = CELL / 4; y < CELL * 3 / 4; y++)
          for (let x = CELL / 4; x < CELL * 3 / 4; x++)
            sum += pixels[4 * ((row * CELL + y) * width + column * CELL + x) + 1];
        levels.push(sum / (CELL * CELL / 4));
      }
    }
    return levels;
  }

  /** Listens to a received stream (WHEP). */
  listenTo(stream) {
    if (!stream.getAudioTracks().length) return;
    this.#stream = stream;
    this.#listen(audio => new MediaStreamAudioSourceNode(audio, { mediaStream: this.#stream }));
  }

  /** Listens to what the element plays (HLS); an element can be tapped once only. */
  listenToElement() {
    if (this.#source) return;
    // Sound is measured, not heard: a muted element would hand out silence.
    this.#video.muted = false;
    this.#listen(audio => new MediaElementAudioSourceNode(audio, { mediaElement: this.#video }));
  }

  async #listen(makeSource) {
    try {
      this.#ready ??= this.#openAudio();
      await this.#ready;
      this.#source?.disconnect();
      this.#source = makeSource(this.#audio);
      const onset = new AudioWorkletNode(this.#audio, "beep-onset", { numberOfInputs: 1, numberOfOutputs: 1 });
      onset.port.onmessage = ({ data }) => this.#onBeep(data);
      // The silent way to the speakers keeps the graph running.
      this.#source.connect(onset).connect(new GainNode(this.#audio, { gain: 0 })).connect(this.#audio.destination);
      await this.#audio.resume();
    } catch (error) {
      window.livestream.error = `no sound measurement: ${error.message}`;
    }
  }

  async #openAudio() {
    this.#audio = new AudioContext({ latencyHint: "interactive" });
    await this.#audio.audioWorklet.addModule(new URL("./clock-beep-worklet.js", import.meta.url));
  }

  // A beep is made at a whole second. What is left of its arrival after the picture's latency is the offset:
  // positive when the sound is late.
  #onBeep(contextTime) {
    const latency = median(window.livestream.latencyMs.slice(-15));
    if (latency === null) return;
    const output = this.#audio.getOutputTimestamp();
    const heard = output.performanceTime + 1000 * (contextTime - output.contextTime);
    const late = performance.timeOrigin + heard - latency;
    keep(window.livestream.avOffsetMs, late - 1000 * Math.round(late / 1000));
  }
}

function keep(list, value) {
  list.push(value);
  if (list.length > KEEP) list.shift();
}

function median(values) {
  if (!values.length) return null;
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
