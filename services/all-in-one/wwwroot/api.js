// The server's JSON interface as far as the page needs it.

async function call(path, { token, body } = {}) {
  const reply = await fetch(path, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(token && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body ?? {}),
  });
  const json = await reply.json().catch(() => ({}));
  if (!reply.ok) {
    const error = new Error(json.message ?? `The server answered ${reply.status}`);
    error.status = reply.status;
    throw error;
  }
  return json;
}

/** Exchanges a room code for an auth token; the token's payload names room and role. */
export async function exchangeCode(code) {
  const reply = await call("/v2/token", { body: { code } });
  const payload = reply.token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), c => c.charCodeAt(0))));
  return { token: reply.token, roomId: claims.room_id, role: claims.role, hlsUrl: reply.hls_url ?? null };
}

/** Starts the HLS stream of the room; the reply holds the playback address. */
export const startLiveStream = grant => call(`/v2/live-streams/room/${grant.roomId}/start`, { token: grant.token });

/** Ends all HLS streams of the room. */
export const stopLiveStreams = grant => call(`/v2/live-streams/room/${grant.roomId}/stop`, { token: grant.token });
