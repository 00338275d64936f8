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
  return { code, token: reply.token, roomId: claims.room_id, role: claims.role, hlsUrl: reply.hls_url ?? null };
}

/** Does what takes the grant's token; where that has run out meanwhile, once more with a new one, as the code is still good. */
export async function withToken(grant, action) {
  try {
    return await action();
  } catch (error) {
    if (error.status !== 401) throw error;
    grant.token = (await exchangeCode(grant.code)).token;
    return await action();
  }
}

const roomCall = (grant, verb) =>
  withToken(grant, () => call(`/v2/live-streams/room/${grant.roomId}/${verb}`, { token: grant.token }));

/** Starts the HLS stream of the room; the reply holds the playback address. */
export const startLiveStream = grant => roomCall(grant, "start");

/** Ends all HLS streams of the room. */
export const stopLiveStreams = grant => roomCall(grant, "stop");
