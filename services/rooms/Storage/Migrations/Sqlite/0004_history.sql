-- What a stream belongs to and who started and ended it; a peer's id, or empty for a server.
ALTER TABLE live_streams ADD COLUMN session_id TEXT NOT NULL DEFAULT '';
ALTER TABLE live_streams ADD COLUMN started_by TEXT NOT NULL DEFAULT '';
ALTER TABLE live_streams ADD COLUMN stopped_by TEXT NOT NULL DEFAULT '';
ALTER TABLE live_streams ADD COLUMN recording_paused INTEGER NOT NULL DEFAULT 0;
-- JSON, as the caller gave it.
ALTER TABLE live_streams ADD COLUMN transcription TEXT;
-- Lists are newest first, by id; each filter has an index in that order.
CREATE INDEX live_streams_by_workspace ON live_streams (customer_id, id);
CREATE INDEX live_streams_by_room_id ON live_streams (room_id, id);
CREATE INDEX live_streams_by_session ON live_streams (session_id, id);
CREATE INDEX live_streams_by_status ON live_streams (customer_id, status, id);

-- A session lasts from the first peer that joins until it is closed.
CREATE TABLE sessions (
    id          TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES workspaces (customer_id),
    room_id     TEXT NOT NULL REFERENCES rooms (id),
    active      INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_workspace ON sessions (customer_id, id);
CREATE INDEX sessions_by_activity ON sessions (customer_id, active, id);
CREATE INDEX sessions_by_room ON sessions (room_id, id);
-- A room has one session at a time.
CREATE UNIQUE INDEX sessions_one_active ON sessions (room_id) WHERE active = 1;

CREATE TABLE session_peers (
    session_id TEXT NOT NULL REFERENCES sessions (id),
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    joined_at  INTEGER NOT NULL,
    left_at    INTEGER,
    PRIMARY KEY (session_id, id)
) STRICT;

-- status: as that of live_streams. asset_types is JSON.
CREATE TABLE recordings (
    id            TEXT PRIMARY KEY,
    customer_id   TEXT NOT NULL REFERENCES workspaces (customer_id),
    room_id       TEXT NOT NULL REFERENCES rooms (id),
    session_id    TEXT NOT NULL,
    destination   TEXT NOT NULL,
    meeting_url   TEXT NOT NULL,
    width         INTEGER NOT NULL,
    height        INTEGER NOT NULL,
    audio_only    INTEGER NOT NULL,
    transcription TEXT,
    asset_types   TEXT,
    status        INTEGER NOT NULL,
    paused        INTEGER NOT NULL,
    reason        TEXT NOT NULL,
    started_by    TEXT NOT NULL,
    stopped_by    TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    started_at    INTEGER,
    stopped_at    INTEGER,
    updated_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX recordings_by_workspace ON recordings (customer_id, id);
CREATE INDEX recordings_by_room ON recordings (room_id, id);
CREATE INDEX recordings_by_session ON recordings (session_id, id);
CREATE INDEX recordings_by_status ON recordings (customer_id, status, id);
CREATE UNIQUE INDEX recordings_one_live ON recordings (room_id) WHERE status IN (1, 2);

-- Files made of a live stream or a recording (job_id). thumbnails and metadata are JSON.
CREATE TABLE recording_assets (
    id          TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES workspaces (customer_id),
    job_id      TEXT NOT NULL,
    room_id     TEXT NOT NULL REFERENCES rooms (id),
    session_id  TEXT NOT NULL,
    type        TEXT NOT NULL,
    status      TEXT NOT NULL,
    object_key  TEXT NOT NULL,
    size        INTEGER NOT NULL,
    duration    INTEGER NOT NULL,
    thumbnails  TEXT,
    metadata    TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX recording_assets_by_workspace ON recording_assets (customer_id, id);
CREATE INDEX recording_assets_by_room ON recording_assets (room_id, id);
CREATE INDEX recording_assets_by_session ON recording_assets (session_id, id);
CREATE INDEX recording_assets_by_job ON recording_assets (job_id, id);

-- Secrets that the server itself makes, once, shared by its processes.
CREATE TABLE server_secrets (
    name       TEXT PRIMARY KEY,
    secret     BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
