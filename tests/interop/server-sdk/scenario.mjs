// The unmodified server SDK against a running program.
//   node scenario.mjs base-url|proxy ADDRESS
// base-url: the SDK's axios gets the address, as a program of ours would do it.
// proxy: nothing of the SDK is touched; HTTPS_PROXY sends its calls here in absolute form.
// Credentials come from HMS_ACCESS_KEY and HMS_SECRET, as the SDK has it. Prints one line of JSON and ends with 0, or tells why not.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const [mode, address] = process.argv.slice(2);
assert.ok(["base-url", "proxy"].includes(mode) && address, "node scenario.mjs base-url|proxy ADDRESS");
if (mode === "proxy") {
  assert.equal(process.env.HTTPS_PROXY, address, "HTTPS_PROXY is the address");
}

const { SDK } = require("@100mslive/server-sdk");
const hms = new SDK();
if (mode === "base-url") hms.api.axios.defaults.baseURL = `${address}/v2`;

const ROOMS = 250;
const prefix = `sdk-${mode}-`;
const made = new Set();

async function collect(iterable) {
  const all = [];
  for await (const item of iterable) all.push(item);
  return all;
}

async function refused(call, code, message) {
  await assert.rejects(call, (error) => {
    assert.equal(error.code, code, `${error.code} ${error.message}`);
    if (message) assert.match(error.message, message);
    return true;
  });
}

async function roomsAreListedWithNoneLost() {
  for (let i = 0; i < ROOMS; i += 10) {
    const rooms = await Promise.all(
      Array.from({ length: 10 }, (_, j) => hms.rooms.create({ name: `${prefix}${i + j}`, description: "of the SDK" })),
    );
    for (const room of rooms) made.add(room.id);
  }
  assert.equal(made.size, ROOMS, "each name is a room of its own");
  for (const limit of [10, 20, 100]) {
    const ids = (await collect(hms.rooms.list({ limit }))).map((room) => room.id);
    assert.equal(new Set(ids).size, ids.length, `a room comes once at limit ${limit}`);
    assert.equal(ids.filter((id) => made.has(id)).length, ROOMS, `no room is lost at limit ${limit}`);
    assert.deepEqual(ids, [...ids].sort().reverse(), "newest first");
  }
  assert.ok((await collect(hms.rooms.list())).length > ROOMS, "without a limit too");
}

async function roomsAreUpdatedAndDisabled() {
  const name = `${prefix}7`;
  const room = await hms.rooms.retrieveByName(name);
  assert.equal(room.name, name);
  const same = await hms.rooms.retrieveById(room.id);
  assert.equal(same.name, name);
  assert.ok(same.created_at instanceof Date && !Number.isNaN(same.created_at.getTime()));
  assert.equal((await hms.rooms.create({ name })).id, room.id, "a name is one room");
  assert.equal((await hms.rooms.update(room.id, { name, description: "changed" })).description, "changed");
  assert.equal((await hms.rooms.enableOrDisable(room.id, false)).enabled, false);
  assert.ok((await collect(hms.rooms.list({ enabled: false }))).some((other) => other.id === room.id));
  assert.equal((await hms.rooms.enableOrDisable(room.id, true)).enabled, true);
  await refused(hms.rooms.retrieveById("0123456789abcdef01234567"), 404, /room not found/);
  await refused(hms.rooms.create({ name, max_duration_seconds: 5 }), 400);
  return room;
}

async function codesAreMadeAndToggled(room) {
  const codes = await hms.roomCodes.create(room.id);
  assert.ok(codes.length > 0);
  for (const code of codes) assert.match(code.code, /^[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
  const listed = await collect(hms.roomCodes.list(room.id));
  assert.deepEqual(new Set(listed.map((code) => code.code)), new Set(codes.map((code) => code.code)));
  const [first] = codes;
  const more = await hms.roomCodes.createForRole(room.id, first.role);
  assert.equal(more.role, first.role);
  assert.notEqual(more.code, first.code);
  assert.equal((await hms.roomCodes.enableOrDisable(first.code, false)).enabled, false);
  assert.equal((await hms.roomCodes.enableOrDisable(first.code, true)).enabled, true);
  await refused(hms.roomCodes.enableOrDisable("aaa-aaaa-aaa", false), 404);
  return codes.length;
}

async function streamsStartAndStop(room) {
  const options = { recording: { hls_vod: true, single_file_per_layer: false } };
  const stream = await hms.liveStreams.start(room.id, options);
  assert.equal(stream.status, "starting");
  assert.match(stream.playback.url, /\/master\.m3u8$/);
  assert.equal(stream.started_at, null);
  await refused(hms.liveStreams.start(room.id, options), 409, /stream already running/);
  // Nobody publishes, so the stream never runs.
  await refused(hms.liveStreams.sendTimedMetadata(stream.id, { payload: "hello", duration: 2 }), 404, /hls not running/);
  await refused(hms.liveStreams.sendTimedMetadata(stream.id, { payload: "x".repeat(101), duration: 2 }), 400);
  await refused(hms.liveStreams.pauseRecording(stream.id), 404, /hls not running/);
  await refused(hms.liveStreams.resumeRecording(stream.id), 404, /hls not running/);
  const stopped = await hms.liveStreams.stop(stream.id);
  assert.equal(stopped.id, stream.id);
  assert.equal(stopped.session_id, stream.session_id);
  assert.ok(["stopping", "completed"].includes(stopped.status), stopped.status);
  await refused(hms.liveStreams.stop(stream.id), 404, /hls not running/);

  const second = await hms.liveStreams.start(room.id, options);
  const all = await hms.liveStreams.stopAll(room.id);
  assert.deepEqual((Array.isArray(all) ? all : all.data).map((other) => other.id), [second.id]);
  assert.equal((await hms.liveStreams.retrieve(second.id)).id, second.id);
  const listed = await collect(hms.liveStreams.list({ room_id: room.id, limit: 10 }));
  assert.deepEqual(listed.map((other) => other.id), [second.id, stream.id]);
  return listed.length;
}

async function historyIsListed(room) {
  assert.deepEqual(await collect(hms.sessions.list({ room_id: room.id })), []);
  assert.deepEqual(await collect(hms.recordings.list({ room_id: room.id })), []);
  assert.deepEqual(await collect(hms.recordingAssets.list({ room_id: room.id })), []);
  await refused(hms.sessions.retrieveById("0123456789abcdef01234567"), 404, /session not found/);
  await refused(hms.recordings.start(room.id, {}), 501, /composite recording is not available/);
  await refused(hms.recordings.stopAll(room.id), 404, /recording not running/);
  await refused(hms.recordingAssets.retrieve("0123456789abcdef01234567"), 404, /recording asset not found/);
}

async function anEmptyRoomIsNotActive(room) {
  const calls = [
    () => hms.activeRooms.retrieve(room.id),
    () => hms.activeRooms.retrieveActivePeers(room.id),
    () => hms.activeRooms.sendMessage(room.id, { message: "hello", peerId: "nobody" }),
    () => hms.activeRooms.removePeer(room.id, { role: "broadcaster" }),
    () => hms.activeRooms.end(room.id, { reason: "over" }),
  ];
  for (const call of calls) await refused(call(), 404, /room not active/);
  return calls.length;
}

await roomsAreListedWithNoneLost();
const room = await roomsAreUpdatedAndDisabled();
const codes = await codesAreMadeAndToggled(room);
const streams = await streamsStartAndStop(room);
await historyIsListed(room);
await anEmptyRoomIsNotActive(room);
const foreign = new SDK("0123456789abcdef01234567", "of nobody");
if (mode === "base-url") foreign.api.axios.defaults.baseURL = `${address}/v2`;
await refused(foreign.rooms.create({ name: "foreign" }), 401, /Token validation error/);
console.log(JSON.stringify({ mode, rooms: made.size, codes, streams }));
