-- Times are milliseconds since 1970; ids are 24 hex digits.
CREATE TABLE workspaces (
    customer_id TEXT PRIMARY KEY,
    app_id      TEXT NOT NULL,
    access_key  TEXT NOT NULL UNIQUE,
    secret      TEXT NOT NULL,
    name        TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE templates (
    id          TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES workspaces (customer_id),
    name        TEXT NOT NULL,
    is_default  INTEGER NOT NULL,
    document    TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    UNIQUE (customer_id, name)
) STRICT;

CREATE TABLE rooms (
    id          TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES workspaces (customer_id),
    template_id TEXT NOT NULL REFERENCES templates (id),
    name        TEXT NOT NULL COLLATE NOCASE,
    description TEXT NOT NULL,
    enabled     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    UNIQUE (customer_id, name)
) STRICT;

CREATE TABLE room_codes (
    code        TEXT PRIMARY KEY,
    room_id     TEXT NOT NULL REFERENCES rooms (id),
    role        TEXT NOT NULL,
    enabled     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX room_codes_by_room ON room_codes (room_id, role);

-- status: 1 starting, 2 running, 3 stopping, 4 post_processing, 5 completed, 6 failed.
CREATE TABLE live_streams (
    id                    TEXT PRIMARY KEY,
    customer_id           TEXT NOT NULL REFERENCES workspaces (customer_id),
    room_id               TEXT NOT NULL REFERENCES rooms (id),
    destination           TEXT NOT NULL,
    path                  TEXT NOT NULL,
    meeting_url           TEXT NOT NULL,
    hls_vod               INTEGER NOT NULL,
    single_file_per_layer INTEGER NOT NULL,
    status                INTEGER NOT NULL,
    reason                TEXT NOT NULL,
    created_at            INTEGER NOT NULL,
    started_at            INTEGER,
    stopped_at            INTEGER,
    updated_at            INTEGER NOT NULL
) STRICT;
CREATE INDEX live_streams_by_room ON live_streams (room_id, created_at);
-- A room has one stream on air; two starts at once end with one of them refused.
CREATE UNIQUE INDEX live_streams_one_live ON live_streams (room_id) WHERE status IN (1, 2);
