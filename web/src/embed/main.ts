// The player alone, for frames in other sites: waits for the room's stream, plays it near the live edge, and waits again.

import "./embed.css";

import { play, playlistState } from "../shared/live-player";
import { codeOfPath, exchangeCode, explain } from "../shared/server";

const pollMs = 1500;

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const video = element<HTMLVideoElement>("video");
const sound = element<HTMLButtonElement>("sound");
const start = element<HTMLButtonElement>("play");

type Cover = "loading" | "waiting" | "blocked" | "playing" | "ended" | "unreachable" | "error";

const busy: readonly Cover[] = ["loading", "waiting", "unreachable"];

/** What the page shows, also as an attribute that style sheets and scripts of a test can read. */
function show(state: Cover, title = "", text = ""): void {
  document.documentElement.dataset.state = state;
  element("cover").hidden = state === "playing";
  element("spinner").hidden = !busy.includes(state);
  start.hidden = state !== "blocked";
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
      await play(video, url, { onBlocked: askForClick });
      video.hidden = true;
    } else if (state === "unreachable") {
      show("unreachable", `The stream's address cannot be reached: ${new URL(url, location.href).host}`, "The page goes on trying.");
    } else if (state === "ended" || seen) {
      show("ended", "The stream has ended", "It plays again when the room goes live.");
    } else {
      show("waiting", "Not live yet", "The picture comes by itself when the room goes live.");
    }
    await pause(pollMs);
  }
}

const askForClick = () => show("blocked", "Ready to play", "This browser waits for a click.");

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
start.addEventListener("click", () => {
  show("loading", "Loading …");
  // It was silenced in the hope to play without a click; with one, sound is allowed too.
  video.muted = false;
  video.play().catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "NotAllowedError") askForClick();
  });
});
sound.addEventListener("click", () => {
  video.muted = false;
});

void open();
