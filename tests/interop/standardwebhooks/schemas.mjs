// JSON schemas of webhooks, written from their documented fields: every one of them is there, and no other.
// Where this platform says more than the documentation (hls.* with room_name, hls_vod_playlist_url), it is listed as such.

const text = { type: "string" };
const id = { type: "string", pattern: "^[0-9a-f]{24}$" };
const uuid = { type: "string", format: "uuid" };
const ts = { type: "string", format: "date-time", pattern: "Z$" };
const whole = { type: "integer", minimum: 0 };
const flag = { type: "boolean" };
const url = { type: "string", format: "uri" };
const oneOf = (...values) => ({ enum: values });

const place = { room_id: id, room_name: text, template_id: id };
const room = { ...place, session_id: id };
const peer = { peer_id: uuid, user_id: text, user_name: text, user_data: text, role: { type: "string", minLength: 1 } };
const entered = { ...peer, joined_at: ts, type: oneOf("regular", "sip") };
const message = { session_started_at: ts, metadata_id: uuid, metadata_timestamp: ts };
const hlsReason = { type: "string", pattern: "^(client request|max duration reached|room ended|last peer left|failure: [A-Z_]+)$" };

const stream = {
  beam_id: id, job_id: id, ...room, peer_id: text, meeting_url: text, recording_single_file_per_layer_enabled: flag,
  recording_vod_playlist_enabled: flag, max_width: whole, max_height: whole, ...message,
};

/** Fields of `data`: those that are always there, and those that may be. */
const events = {
  "session.open.success": [{ ...room, session_started_at: ts }],
  "session.close.success": [{ ...room, session_started_at: ts, session_stopped_at: ts, session_duration: whole }],
  "peer.join.success": [{ ...room, ...entered, session_started_at: ts }],
  "peer.leave.success": [{
    ...room, ...entered, session_started_at: ts, left_at: ts, duration: whole, message: text,
    reason: oneOf("client request", "peer kicked", "websocket closed", "ice connection state closed", "server removed peer"),
  }],
  "peer.join.failure": [{ ...place, ...entered, error_message: oneOf("role not allowed", "network disconnection", "duplicate peer id") }],
  "peer.leave.failure": [{ ...place, ...entered, left_at: ts, duration: whole, error_message: oneOf("peer not joined") }],
  "room.end.failure": [{
    ...place, peer_id: text, user_id: text, user_name: text, role: text, lock_room: flag, reason: text, source: oneOf("peer", "api"), session_started_at: ts,
    error_message: text, error_code: { type: "integer", minimum: 400 },
  }],
  "room.end.success": [{ ...room, peer_id: text, user_id: text, user_name: text, role: text, lock_room: flag, reason: text, source: oneOf("peer", "api"), session_started_at: ts }],
  "role.change.success": [
    { ...room, ...peer, previous_role: { type: "string", minLength: 1 }, joined_at: ts, session_started_at: ts, role_changed_at: ts },
    { role_change_requested_by: uuid },
  ],
  "role.change.failure": [{ ...room, ...peer, joined_at: ts, session_started_at: ts, error_message: oneOf("role limit reached") }, { role_change_requested_by: uuid }],
  "hls.started.success": [{ ...stream, url, start_delay: whole, started_at: ts }],
  "hls.stopped.success": [{ ...stream, url, started_at: ts, stopped_at: ts, duration: whole, reason: hlsReason, live_transcription_enabled: flag }],
  "hls.failure": [{
    ...stream, duration: whole, error_type: oneOf("INTERNAL_ERROR", "MAX_RETRIES_REACHED", "UPLOAD_ERROR", "BEAM_STOPPED"), error_message: text,
    error_code: { const: 1 }, state_name: { const: "HLSFailed" }, state_timestamp: ts,
  }],
  "hls.recording.success": [{
    beam_id: id, ...room, recording_id: id, meeting_url: text, duration: whole, max_width: whole, max_height: whole, ...message,
    hls_vod_recording_path: text, hls_vod_recording_presigned_url: url, hls_vod_recording_size: { type: "integer", minimum: 1 },
    hls_vod_playlist_url: url, recording_hls_vod_playlist_location: text, chat_recording_path: text, chat_recording_presigned_url: text,
    recording_single_files: {
      type: "array",
      items: object({ asset_id: id, layer: { type: "string", pattern: "^[0-9]$" }, recording_path: text, recording_presigned_url: url, size: whole, width: whole, height: whole }),
    },
    recording_thumbnails: { type: "array", items: object({ width: whole, height: whole, offset: whole, location: text, url }) },
    recording_created_at: ts, started_at: ts, stopped_at: ts,
  }],
};

function object(required, optional = {}) {
  return { type: "object", properties: { ...required, ...optional }, required: Object.keys(required), additionalProperties: false };
}

/** The schema of a webhook's whole body; undefined for a type that is not documented. */
export function schemaOf(type) {
  if (!Object.hasOwn(events, type)) return undefined;
  return object(
    {
      version: { const: "2.0" }, id: uuid, account_id: id, app_id: id, type: { const: type },
      timestamp: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$" }, data: object(...events[type]),
    },
    { is_replay: flag },
  );
}

/** Types that have a schema. */
export const types = Object.keys(events);
