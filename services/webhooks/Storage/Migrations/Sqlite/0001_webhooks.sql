-- Times are milliseconds since 1970; 0 is never. headers and secrets are sealed with the service's key.
CREATE TABLE webhook_endpoints (
    id              TEXT PRIMARY KEY,
    customer_id     TEXT NOT NULL,
    room_id         TEXT NOT NULL,
    source          TEXT NOT NULL,
    url             TEXT NOT NULL,
    headers         BLOB NOT NULL,
    event_types     TEXT NOT NULL,
    description     TEXT NOT NULL,
    ordered         INTEGER NOT NULL,
    enabled         INTEGER NOT NULL,
    disabled_reason TEXT NOT NULL,
    failing_since   INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_endpoints_by_workspace ON webhook_endpoints (customer_id, id);
-- A room's own webhook, and that of the settings, are one endpoint each.
CREATE UNIQUE INDEX webhook_endpoints_managed ON webhook_endpoints (source, customer_id, room_id) WHERE source <> 'api';

-- owner: an endpoint's id, or a workspace's. kind: 1 HMAC-SHA256, 2 Ed25519. The newest signs first; those before it until they expire.
CREATE TABLE webhook_secrets (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    owner      TEXT NOT NULL,
    kind       INTEGER NOT NULL,
    secret     BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_secrets_by_owner ON webhook_secrets (owner, id);

-- Events that somebody wants; body is the JSON that is sent.
CREATE TABLE webhook_events (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id    TEXT NOT NULL UNIQUE,
    customer_id TEXT NOT NULL,
    room_id     TEXT NOT NULL,
    type        TEXT NOT NULL,
    body        BLOB NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

-- state: 1 pending, 2 delivered, 3 failed, 4 cancelled. Deliveries of one queue of an endpoint go out in the order of their ids,
-- except those that are set aside. replay: id of the replay or resend that it belongs to, else empty. last_*: the last attempt.
CREATE TABLE webhook_deliveries (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    event_seq   INTEGER NOT NULL,
    endpoint_id TEXT NOT NULL,
    queue       TEXT NOT NULL,
    replay      TEXT NOT NULL,
    state       INTEGER NOT NULL,
    aside       INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    first_at    INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    last_status INTEGER NOT NULL,
    last_ms     INTEGER NOT NULL,
    last_error  TEXT NOT NULL,
    last_reply  TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    room_id     TEXT NOT NULL,
    type        TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (endpoint_id, queue, id) WHERE state = 1 AND aside = 0;
CREATE INDEX webhook_deliveries_aside ON webhook_deliveries (next_at) WHERE state = 1 AND aside = 1;
CREATE INDEX webhook_deliveries_by_workspace ON webhook_deliveries (customer_id, created_at, id);

-- Attempts that failed; the last attempt of all is in the delivery.
CREATE TABLE webhook_attempts (
    delivery_id INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    ms          INTEGER NOT NULL,
    error       TEXT NOT NULL,
    reply       TEXT NOT NULL,
    PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;

-- next_id: the first delivery that is not yet repeated. filters is JSON.
CREATE TABLE webhook_replays (
    id           TEXT PRIMARY KEY,
    customer_id  TEXT NOT NULL,
    filters      TEXT NOT NULL,
    status       TEXT NOT NULL,
    total        INTEGER NOT NULL,
    repeated     INTEGER NOT NULL,
    next_id      INTEGER NOT NULL,
    last_id      INTEGER NOT NULL,
    started_at   INTEGER NOT NULL,
    completed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_replays_by_workspace ON webhook_replays (customer_id, started_at);
CREATE INDEX webhook_deliveries_by_replay ON webhook_deliveries (replay) WHERE replay <> '';
