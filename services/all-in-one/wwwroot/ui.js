// The few things that every view does with the document.

/** Element by id. */
export const $ = id => document.getElementById(id);

/** Shows the state in words; tone is idle, busy, good or bad. */
export function showState(text, tone) {
  $("state").textContent = text;
  $("state").dataset.tone = tone;
  window.livestream.state = text;
}

/** Shows what went wrong; null takes the message away. */
export function showError(error) {
  const box = $("error");
  const text = error === null ? "" : error.message ?? String(error);
  window.livestream.error = text || null;
  // The box sits in the player; before that is there it moves to the form.
  if ($("player").hidden) $("join").append(box);
  box.textContent = text;
  box.hidden = !text;
}

/** Covers the picture with a title and a hint; null uncovers it. */
export function showOverlay(title, hint = "", busy = false) {
  $("overlay").hidden = title === null;
  $("overlay-title").textContent = title ?? "";
  $("overlay-hint").textContent = hint;
  $("spinner").hidden = !busy;
  $("play").hidden = true;
}

/**
 * Asks for the click that some browsers want before they start anything, even without sound: phones that save power, and whoever has chosen so.
 * The button's handler is the place to call `video.play()`.
 */
export function askForClick(onClick) {
  showState("Waiting for a click", "busy");
  showOverlay("Ready to play", "This browser waits for a click");
  $("play").onclick = onClick;
  $("play").hidden = false;
}

/** Shows name and value pairs; values that are null are left out. */
export function showStats(values) {
  const list = $("stats");
  const shown = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  window.livestream.stats = Object.fromEntries(shown);
  if (list.childElementCount !== shown.length || [...list.children].some((row, i) => row.firstChild.textContent !== shown[i][0])) {
    list.replaceChildren(...shown.map(([name]) => {
      const row = document.createElement("div");
      const term = document.createElement("dt");
      term.textContent = name;
      row.append(term, document.createElement("dd"));
      return row;
    }));
  }
  shown.forEach(([, value], i) => { list.children[i].lastChild.textContent = value; });
}

/** Sound and full screen buttons of a viewer. Browsers let a page start with sound only after a click. */
export function wireWatchControls(video) {
  const sound = $("sound");
  const reflect = () => {
    sound.textContent = video.muted ? "Turn sound on" : "Turn sound off";
    sound.setAttribute("aria-pressed", String(!video.muted));
  };
  sound.onclick = () => { video.muted = !video.muted; };
  video.addEventListener("volumechange", reflect);
  $("fullscreen").onclick = () => (video.requestFullscreen ?? video.webkitEnterFullscreen).call(video);
  $("watch-controls").hidden = false;
  reflect();
}

/** Waits; resolves early when the signal aborts. */
export const pause = (ms, signal) => new Promise(resolve => {
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
});

export const formatMs = ms => ms === null ? null : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;

export const formatBitrate = bps =>
  bps === null ? null : bps >= 1e6 ? `${(bps / 1e6).toFixed(2)} Mbit/s` : `${Math.round(bps / 1e3)} kbit/s`;
