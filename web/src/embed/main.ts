// The player alone, for frames in other sites: waits for the room's stream, plays it near the live edge, and waits again.

import "./embed.css";

import { play, playlistState } from "../shared/live-player";
import { codeOfPath, exchangeCode, explain } from "../shared/server";

const pollMs = 1500;

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const video = element<HTMLVideoElement>("video");
const sound = element<HTMLButtonElement>("sound");

type Cover = "loading" | "waiting" | "playing" | "ended" | "error";

/** What the page shows, also as an attribute that style sheets and scripts of a test can read. */
function show(state: Cover, title = "", text = ""): void {
  document.documentElement.dataset.state = state;
  element("cover").hidden = state === "playing";
  element("spinner").hidden = state !== "loading" && state !== "waiting";
  element("title").textContent = title;
  element("text").textContent = text;
  if (state !== "playing") sound.hidden = true;
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

async function watch(url: string): Promise<never> {
  let seen = false;
  while (true) {
    const state = await playlistState(url);
    if (state === "live") {
      seen = true;
      show("loading", "Loading …");
      await play(video, url);
      video.hidden = true;
    } else if (state === "ended" || seen) {
      show("ended", "The stream has ended", "It plays again when the room goes live.");
    } else {
      show("waiting", "Not live yet", "The picture comes by itself when the room goes live.");
    }
    await pause(pollMs);
  }
}

async function open(): Promise<void> {
  show("loading", "Loading …");
  try {
    const { hlsUrl } = await exchangeCode(codeOfPath());
    await watch(hlsUrl);
  } catch (error) {
    const { title, text, retry } = explain(error);
    show("error", title, text);
    if (!retry) return;
    await pause(10 * pollMs);
    await open();
  }
}

video.addEventListener("playing", () => {
  video.hidden = false;
  show("playing");
  sound.hidden = !video.muted;
});
video.addEventListener("volumechange", () => {
  if (!video.muted) sound.hidden = true;
});
sound.addEventListener("click", () => {
  video.muted = false;
});

void open();
