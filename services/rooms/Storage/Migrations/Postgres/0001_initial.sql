-- The same schema as SQLite's 0001 and 0002 together.
-- Times are milliseconds since 1970; ids are 24 hex digits and compared byte by byte, whatever the database's locale.
CREATE TABLE workspaces (
    customer_id text COLLATE "C" PRIMARY KEY,
    app_id      text NOT NULL,
    name        text NOT NULL,
    created_at  bigint NOT NULL
);

-- Keys: a workspace has several, two of them valid while its servers move to a new one.
CREATE TABLE workspace_keys (
    access_key  text COLLATE "C" PRIMARY KEY,
    customer_id text COLLATE "C" NOT NULL REFERENCES workspaces (customer_id),
    secret      text NOT NULL,
    created_at  bigint NOT NULL,
    retired_at  bigint
);
CREATE INDEX workspace_keys_by_workspace ON workspace_keys (customer_id, created_at);

CREATE TABLE templates (
    id          text COLLATE "C" PRIMARY KEY,
    customer_id text COLLATE "C" NOT NULL REFERENCES workspaces (customer_id),
    name        text COLLATE "C" NOT NULL,
    is_default  boolean NOT NULL,
    document    text NOT NULL,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL,
    UNIQUE (customer_id, name)
);

-- name_key is the name in lower case. recording, webhook and polls are JSON.
CREATE TABLE rooms (
    id                   text COLLATE "C" PRIMARY KEY,
    customer_id          text COLLATE "C" NOT NULL REFERENCES workspaces (customer_id),
    template_id          text COLLATE "C" NOT NULL REFERENCES templates (id),
    name                 text COLLATE "C" NOT NULL,
    name_key             text COLLATE "C" NOT NULL,
    description          text NOT NULL,
    enabled              boolean NOT NULL,
    region               text NOT NULL,
    large_room           boolean NOT NULL,
    size                 integer,
    max_duration_seconds integer,
    recording            text,
    webhook              text,
    polls                text NOT NULL,
    created_at           bigint NOT NULL,
    updated_at           bigint
);
CREATE UNIQUE INDEX rooms_by_name ON rooms (customer_id, name_key);
-- Lists are newest first, by id; each filter has an index in that order.
CREATE INDEX rooms_by_workspace ON rooms (customer_id, id);
CREATE INDEX rooms_by_enabled ON rooms (customer_id, enabled, id);
CREATE INDEX rooms_by_template ON rooms (customer_id, template_id, id);

CREATE TABLE room_codes (
    id          text COLLATE "C" PRIMARY KEY,
    code        text COLLATE "C" NOT NULL UNIQUE,
    room_id     text COLLATE "C" NOT NULL REFERENCES rooms (id),
    role        text COLLATE "C" NOT NULL,
    enabled     boolean NOT NULL,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL
);
CREATE INDEX room_codes_by_room ON room_codes (room_id, id);

-- status: 1 starting, 2 running, 3 stopping, 4 post_processing, 5 completed, 6 failed.
CREATE TABLE live_streams (
    id                    text COLLATE "C" PRIMARY KEY,
    customer_id           text COLLATE "C" NOT NULL REFERENCES workspaces (customer_id),
    room_id               text COLLATE "C" NOT NULL REFERENCES rooms (id),
    destination           text NOT NULL,
    path                  text NOT NULL,
    meeting_url           text NOT NULL,
    hls_vod               boolean NOT NULL,
    single_file_per_layer boolean NOT NULL,
    status                integer NOT NULL,
    reason                text NOT NULL,
    created_at            bigint NOT NULL,
    started_at            bigint,
    stopped_at            bigint,
    updated_at            bigint NOT NULL
);
CREATE INDEX live_streams_by_room ON live_streams (room_id, created_at);
-- A room has one stream on air; two starts at once end with one of them refused.
CREATE UNIQUE INDEX live_streams_one_live ON live_streams (room_id) WHERE status IN (1, 2);

-- What happened: written with the change itself, read by subscribers, each from its own cursor. Rows get their position when
-- every transaction that began before theirs is over (tx), so no position is filled in behind a reader; writers wait for nobody.
CREATE SEQUENCE event_positions;
CREATE TABLE events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tx         xid8 NOT NULL DEFAULT pg_current_xact_id(),
    position   bigint UNIQUE,
    message_id text COLLATE "C" NOT NULL UNIQUE,
    type       text NOT NULL,
    key        text NOT NULL,
    body       text NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX events_without_position ON events (id) WHERE position IS NULL;

CREATE TABLE event_cursors (
    subscriber text COLLATE "C" PRIMARY KEY,
    position   bigint NOT NULL,
    updated_at bigint NOT NULL
);
