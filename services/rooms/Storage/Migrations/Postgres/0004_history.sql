-- What a stream belongs to and who started and ended it; a peer's id, or empty for a server.
ALTER TABLE live_streams ADD COLUMN session_id text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE live_streams ADD COLUMN started_by text NOT NULL DEFAULT '';
ALTER TABLE live_streams ADD COLUMN stopped_by text NOT NULL DEFAULT '';
ALTER TABLE live_streams ADD COLUMN recording_paused boolean NOT NULL DEFAULT false;
-- JSON, as the caller gave it.
ALTER TABLE live_streams ADD COLUMN transcription text;
-- Lists are newest first, by id; each filter has an index in that order.
CREATE INDEX live_streams_by_workspace ON live_streams (customer_id, id);
CREATE INDEX live_streams_by_room_id ON live_streams (room_id, id);
CREATE INDEX live_streams_by_session ON live_streams (session_id, id);
CREATE INDEX live_streams_by_status ON live_streams (customer_id, status, id);

-- A session lasts from the first peer that joins until it is closed.
CREATE TABLE sessions (
    id          text COLLATE "C" PRIMARY KEY,
    customer_id text COLLATE "C" NOT NULL REFERENCES workspaces (customer_id),
    room_id     text COLLATE "C" NOT NULL REFERENCES rooms (id),
    active      boolean NOT NULL,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL
);
CREATE INDEX sessions_by_workspace ON sessions (customer_id, id);
CREATE INDEX sessions_by_activity ON sessions (customer_id, active, id);
CREATE INDEX sessions_by_room ON sessions (room_id, id);
-- A room has one session at a time.
CREATE UNIQUE INDEX sessions_one_active ON sessions (room_id) WHERE active;

CREATE TABLE session_peers (
    session_id text COLLATE "C" NOT NULL REFERENCES sessions (id),
    id         text COLLATE "C" NOT NULL,
    name       text NOT NULL,
    role       text NOT NULL,
    user_id    text NOT NULL,
    joined_at  bigint NOT NULL,
    left_at    bigint,
    PRIMARY KEY (session_id, id)
);

-- status: as that of live_streams. asset_types is JSON.
CREATE TABLE recordings (
    id            text COLLATE "C" PRIMARY KEY,
    customer_id   text COLLATE "C" NOT NULL REFERENCES workspaces (customer_id),
    room_id       text COLLATE "C" NOT NULL REFERENCES rooms (id),
    session_id    text COLLATE "C" NOT NULL,
    destination   text NOT NULL,
    meeting_url   text NOT NULL,
    width         integer NOT NULL,
    height        integer NOT NULL,
    audio_only    boolean NOT NULL,
    transcription text,
    asset_types   text,
    status        integer NOT NULL,
    paused        boolean NOT NULL,
    reason        text NOT NULL,
    started_by    text NOT NULL,
    stopped_by    text NOT NULL,
    created_at    bigint NOT NULL,
    started_at    bigint,
    stopped_at    bigint,
    updated_at    bigint NOT NULL
);
CREATE INDEX recordings_by_workspace ON recordings (customer_id, id);
CREATE INDEX recordings_by_room ON recordings (room_id, id);
CREATE INDEX recordings_by_session ON recordings (session_id, id);
CREATE INDEX recordings_by_status ON recordings (customer_id, status, id);
CREATE UNIQUE INDEX recordings_one_live ON recordings (room_id) WHERE status IN (1, 2);

-- Files made of a live stream or a recording (job_id). thumbnails and metadata are JSON.
CREATE TABLE recording_assets (
    id          text COLLATE "C" PRIMARY KEY,
    customer_id text COLLATE "C" NOT NULL REFERENCES workspaces (customer_id),
    job_id      text COLLATE "C" NOT NULL,
    room_id     text COLLATE "C" NOT NULL REFERENCES rooms (id),
    session_id  text COLLATE "C" NOT NULL,
    type        text NOT NULL,
    status      text NOT NULL,
    object_key  text COLLATE "C" NOT NULL,
    size        bigint NOT NULL,
    duration    integer NOT NULL,
    thumbnails  text,
    metadata    text NOT NULL,
    created_at  bigint NOT NULL
);
CREATE INDEX recording_assets_by_workspace ON recording_assets (customer_id, id);
CREATE INDEX recording_assets_by_room ON recording_assets (room_id, id);
CREATE INDEX recording_assets_by_session ON recording_assets (session_id, id);
CREATE INDEX recording_assets_by_job ON recording_assets (job_id, id);

-- Secrets that the server itself makes, once, shared by its processes.
CREATE TABLE server_secrets (
    name       text COLLATE "C" PRIMARY KEY,
    secret     bytea NOT NULL,
    created_at bigint NOT NULL
);
