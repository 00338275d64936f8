// What WHIP (RFC 9725) and WHEP have in common: an offer is posted, the answer comes with a session URL, which takes ICE
// restarts by PATCH and the end by DELETE.

const FRAGMENT_TYPE = "application/trickle-ice-sdpfrag";

// ICE calls a path disconnected after a few lost checks and often recovers alone.
const RESTART_AFTER_MS = 2500;

export class MediaSession extends EventTarget {
  #url = null;
  #answer = "";
  #restartTimer = 0;

  /** Endpoint is "/whip/{room}" or "/whep/{room}". Events: "connected", "disconnected", "failed". */
  constructor(endpoint, token) {
    super();
    this.endpoint = endpoint;
    this.token = token;
    this.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.pc.addEventListener("connectionstatechange", () => this.#onStateChange());
  }

  /** Negotiates; resolves when the answer is applied. No candidate is waited for: the server learns ours from checks. */
  async open() {
    await this.pc.setLocalDescription(await this.pc.createOffer());
    const reply = await this.#request(this.endpoint, "POST", {
      headers: { "Content-Type": "application/sdp" },
      body: this.pc.localDescription.sdp,
    });
    this.#url = new URL(reply.headers.get("Location"), new URL(this.endpoint, location.href)).href;
    this.#answer = await reply.text();
    if (this.pc.signalingState === "closed") return this.close();
    await this.pc.setRemoteDescription({ type: "answer", sdp: this.#answer });
  }

  /** Ends the session; `leaving` while the page goes away. */
  async close(leaving = false) {
    clearTimeout(this.#restartTimer);
    this.pc.close();
    const url = this.#url;
    this.#url = null;
    if (url) await this.#request(url, "DELETE", { keepalive: leaving }).catch(() => { });
  }

  #onStateChange() {
    clearTimeout(this.#restartTimer);
    switch (this.pc.connectionState) {
      case "connected":
        this.dispatchEvent(new Event("connected"));
        break;
      case "disconnected":
        this.dispatchEvent(new Event("disconnected"));
        this.#restartTimer = setTimeout(() => this.restartIce(), RESTART_AFTER_MS);
        break;
      case "failed":
        this.dispatchEvent(new Event("failed"));
        break;
    }
  }

  /** Looks for a new path (RFC 9725 §4.3.3): only the ICE part of a new offer is sent, and only that of an answer comes back. */
  async restartIce() {
    try {
      await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart: true }));
      const reply = await this.#request(this.#url, "PATCH", {
        headers: { "Content-Type": FRAGMENT_TYPE, "If-Match": "*" },
        body: iceFragment(this.pc.localDescription.sdp),
      });
      this.#answer = withIce(this.#answer, await reply.text());
      await this.pc.setRemoteDescription({ type: "answer", sdp: this.#answer });
    } catch {
      if (this.pc.connectionState !== "closed") this.dispatchEvent(new Event("failed"));
    }
  }

  async #request(url, method, init) {
    const reply = await fetch(url, {
      ...init, method, headers: { ...init.headers, Authorization: `Bearer ${this.token}` },
    });
    if (reply.ok) return reply;
    const json = await reply.json().catch(() => ({}));
    const error = new Error(json.message ?? `The server answered ${reply.status}`);
    error.status = reply.status;
    error.retryAfterMs = 1000 * Number(reply.headers.get("Retry-After") ?? 0);
    throw error;
  }
}

const linesOf = sdp => sdp.split(/\r?\n/).filter(line => line);

/** The ICE part of the first section of a description. */
export function iceFragment(sdp) {
  const lines = linesOf(sdp);
  const media = lines.findIndex(line => line.startsWith("m="));
  const rest = lines.slice(media + 1);
  const next = rest.findIndex(line => line.startsWith("m="));
  const section = next < 0 ? rest : rest.slice(0, next);
  return [
    ...lines.slice(0, media).filter(line => /^a=(ice-options|group):/.test(line)),
    lines[media],
    ...section.filter(line => /^a=(mid|ice-ufrag|ice-pwd|ice-options|candidate):/.test(line)),
  ].map(line => `${line}\r\n`).join("");
}

/** The answer with the ICE part of a fragment in place of its own. */
export function withIce(answer, fragment) {
  const ice = linesOf(fragment).filter(line => /^a=(ice-ufrag|ice-pwd|candidate):/.test(line));
  const kept = linesOf(answer).filter(line => !/^a=(ice-ufrag|ice-pwd|candidate):/.test(line) && line !== "a=end-of-candidates");
  const out = [];
  for (const line of kept) {
    out.push(line);
    // Each section carries the same transport parameters.
    if (line.startsWith("a=mid:")) out.push(...ice);
  }
  return out.map(line => `${line}\r\n`).join("");
}
