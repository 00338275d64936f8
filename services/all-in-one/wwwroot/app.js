// Entry of the try page: the room code decides the role, the role decides what the page does.

import { exchangeCode } from "./api.js";
import { BroadcasterView } from "./broadcaster-view.js";
import { HlsView } from "./hls-view.js";
import { WhepView } from "./whep-view.js";
import { $, showError, showOverlay, showState } from "./ui.js";

// Roles of the live streaming template. `?view=publish|whep|hls` overrides, for roles of other templates.
const VIEW_OF_ROLE = {
  "broadcaster": "publish",
  "co-broadcaster": "publish",
  "viewer-on-stage": "publish",
  "viewer-realtime": "whep",
  "viewer-near-realtime": "hls",
};

const VIEWS = { publish: BroadcasterView, whep: WhepView, hls: HlsView };

// What scripts read, kept stable for the end-to-end tests.
window.livestream = {
  role: "", view: "", state: "loading", error: null,
  latencyMs: [], avOffsetMs: [], stalls: 0, stats: {}, hls: null,
  clock: { decoded: 0, rejected: 0 },
};

// A whole link is as good as its code. Everything else in the address stays.
$("join").addEventListener("submit", event => {
  event.preventDefault();
  const typed = $("code").value.trim();
  const code = /[?&]code=([^&#]+)/.exec(typed)?.[1] ?? typed.split(/[?#]/)[0].split("/").filter(Boolean).at(-1);
  if (!code) return;
  const params = new URLSearchParams(location.search);
  params.set("code", code);
  location.search = params;
});

async function start() {
  const params = new URLSearchParams(location.search);
  const code = params.get("code");
  if (!code) {
    showState("Not connected", "idle");
    $("join").hidden = false;
    return;
  }

  const grant = await exchangeCode(code);
  const view = params.get("view") ?? VIEW_OF_ROLE[grant.role] ?? "whep";
  window.livestream.role = grant.role;
  window.livestream.view = view;
  document.title = `LiveStream – ${grant.role}`;
  $("role").textContent = grant.role;
  $("role").hidden = false;
  $("player").hidden = false;

  await new VIEWS[VIEWS[view] ? view : "whep"](grant, params).start();
}

start().catch(error => {
  showState("Cannot join", "bad");
  showError(error);
  if ($("player").hidden) {
    $("join").hidden = false;
    $("code").value = new URLSearchParams(location.search).get("code");
  } else {
    // It goes on saying that it tries, otherwise.
    showOverlay("Not connected");
  }
});
