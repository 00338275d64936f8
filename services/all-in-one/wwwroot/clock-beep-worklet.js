// Audio worklet: tells the context time at which a beep begins, to a few samples.

const LOUD = 0.08;
const QUIET_SAMPLES = sampleRate / 5;

class BeepOnset extends AudioWorkletProcessor {
  #quiet = 0;

  process([input]) {
    const samples = input[0];
    if (!samples) return true;
    for (let i = 0; i < samples.length; i++) {
      if (Math.abs(samples[i]) < LOUD) {
        this.#quiet++;
      } else {
        if (this.#quiet > QUIET_SAMPLES) this.port.postMessage(currentTime + i / sampleRate);
        this.#quiet = 0;
      }
    }
    return true;
  }
}

registerProcessor("beep-onset", BeepOnset);
