-- Keys: a workspace has several, two of them valid while its servers move to a new one.
CREATE TABLE workspace_keys (
    access_key  TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES workspaces (customer_id),
    secret      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    retired_at  INTEGER
) STRICT;
CREATE INDEX workspace_keys_by_workspace ON workspace_keys (customer_id, created_at);
INSERT INTO workspace_keys (access_key, customer_id, secret, created_at) SELECT access_key, customer_id, secret, created_at FROM workspaces;

CREATE TABLE new_workspaces (
    customer_id TEXT PRIMARY KEY,
    app_id      TEXT NOT NULL,
    name        TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
INSERT INTO new_workspaces SELECT customer_id, app_id, name, created_at FROM workspaces;
DROP TABLE workspaces;
ALTER TABLE new_workspaces RENAME TO workspaces;

-- name_key is the name in lower case. recording, webhook and polls are JSON.
CREATE TABLE new_rooms (
    id                   TEXT PRIMARY KEY,
    customer_id          TEXT NOT NULL REFERENCES workspaces (customer_id),
    template_id          TEXT NOT NULL REFERENCES templates (id),
    name                 TEXT NOT NULL,
    name_key             TEXT NOT NULL,
    description          TEXT NOT NULL,
    enabled              INTEGER NOT NULL,
    region               TEXT NOT NULL,
    large_room           INTEGER NOT NULL,
    size                 INTEGER,
    max_duration_seconds INTEGER,
    recording            TEXT,
    webhook              TEXT,
    polls                TEXT NOT NULL,
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER
) STRICT;
INSERT INTO new_rooms (id, customer_id, template_id, name, name_key, description, enabled, region, large_room, polls, created_at, updated_at)
    SELECT id, customer_id, template_id, name, lower(name), description, enabled, 'auto', 0, '[]', created_at, updated_at FROM rooms;
DROP TABLE rooms;
ALTER TABLE new_rooms RENAME TO rooms;
CREATE UNIQUE INDEX rooms_by_name ON rooms (customer_id, name_key);
-- Lists are newest first, by id; each filter has an index in that order.
CREATE INDEX rooms_by_workspace ON rooms (customer_id, id);
CREATE INDEX rooms_by_enabled ON rooms (customer_id, enabled, id);
CREATE INDEX rooms_by_template ON rooms (customer_id, template_id, id);

CREATE TABLE new_room_codes (
    id          TEXT PRIMARY KEY,
    code        TEXT NOT NULL UNIQUE,
    room_id     TEXT NOT NULL REFERENCES rooms (id),
    role        TEXT NOT NULL,
    enabled     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;
-- Codes had no id of their own: seconds of their creation and 8 random bytes make one.
INSERT INTO new_room_codes
    SELECT lower(printf('%08x', created_at / 1000) || hex(randomblob(8))), code, room_id, role, enabled, created_at, updated_at FROM room_codes;
DROP TABLE room_codes;
ALTER TABLE new_room_codes RENAME TO room_codes;
CREATE INDEX room_codes_by_room ON room_codes (room_id, id);

-- What happened, in the order it was committed: written with the change itself, read by subscribers, each from its own cursor.
CREATE TABLE events (
    position   INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL UNIQUE,
    type       TEXT NOT NULL,
    key        TEXT NOT NULL,
    body       TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE event_cursors (
    subscriber TEXT PRIMARY KEY,
    position   INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
