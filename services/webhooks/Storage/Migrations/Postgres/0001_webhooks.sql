-- Times are milliseconds since 1970; 0 is never. headers and secrets are sealed with the service's key.
CREATE TABLE webhook_endpoints (
    id              text COLLATE "C" PRIMARY KEY,
    customer_id     text COLLATE "C" NOT NULL,
    room_id         text COLLATE "C" NOT NULL,
    source          text COLLATE "C" NOT NULL,
    url             text COLLATE "C" NOT NULL,
    headers         bytea NOT NULL,
    event_types     text COLLATE "C" NOT NULL,
    description     text COLLATE "C" NOT NULL,
    ordered         bigint NOT NULL,
    enabled         bigint NOT NULL,
    disabled_reason text COLLATE "C" NOT NULL,
    failing_since   bigint NOT NULL,
    created_at      bigint NOT NULL,
    updated_at      bigint NOT NULL
);
CREATE INDEX webhook_endpoints_by_workspace ON webhook_endpoints (customer_id, id);
-- A room's own webhook, and that of the settings, are one endpoint each.
CREATE UNIQUE INDEX webhook_endpoints_managed ON webhook_endpoints (source, customer_id, room_id) WHERE source <> 'api';

-- owner: an endpoint's id, or a workspace's. kind: 1 HMAC-SHA256, 2 Ed25519. The newest signs first; those before it until they expire.
CREATE TABLE webhook_secrets (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner      text COLLATE "C" NOT NULL,
    kind       bigint NOT NULL,
    secret     bytea NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX webhook_secrets_by_owner ON webhook_secrets (owner, id);

-- Events that somebody wants; body is the JSON that is sent.
CREATE TABLE webhook_events (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id    text COLLATE "C" NOT NULL UNIQUE,
    customer_id text COLLATE "C" NOT NULL,
    room_id     text COLLATE "C" NOT NULL,
    type        text COLLATE "C" NOT NULL,
    body        bytea NOT NULL,
    created_at  bigint NOT NULL
);

-- state: 1 pending, 2 delivered, 3 failed, 4 cancelled. Deliveries of one queue of an endpoint go out in the order of their ids,
-- except those that are set aside. replay: id of the replay or resend that it belongs to, else empty. last_*: the last attempt.
CREATE TABLE webhook_deliveries (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_seq   bigint NOT NULL,
    endpoint_id text COLLATE "C" NOT NULL,
    queue       text COLLATE "C" NOT NULL,
    replay      text COLLATE "C" NOT NULL,
    state       bigint NOT NULL,
    aside       bigint NOT NULL,
    attempts    bigint NOT NULL,
    first_at    bigint NOT NULL,
    next_at     bigint NOT NULL,
    last_at     bigint NOT NULL,
    last_status bigint NOT NULL,
    last_ms     bigint NOT NULL,
    last_error  text COLLATE "C" NOT NULL,
    last_reply  text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    room_id     text COLLATE "C" NOT NULL,
    type        text COLLATE "C" NOT NULL,
    created_at  bigint NOT NULL
);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (endpoint_id, queue, id) WHERE state = 1 AND aside = 0;
CREATE INDEX webhook_deliveries_aside ON webhook_deliveries (next_at) WHERE state = 1 AND aside = 1;
CREATE INDEX webhook_deliveries_by_workspace ON webhook_deliveries (customer_id, created_at, id);

-- Attempts that failed; the last attempt of all is in the delivery.
CREATE TABLE webhook_attempts (
    delivery_id bigint NOT NULL,
    number      bigint NOT NULL,
    at          bigint NOT NULL,
    status      bigint NOT NULL,
    ms          bigint NOT NULL,
    error       text COLLATE "C" NOT NULL,
    reply       text COLLATE "C" NOT NULL,
    PRIMARY KEY (delivery_id, number)
);

-- next_id: the first delivery that is not yet repeated. filters is JSON.
CREATE TABLE webhook_replays (
    id           text COLLATE "C" PRIMARY KEY,
    customer_id  text COLLATE "C" NOT NULL,
    filters      text COLLATE "C" NOT NULL,
    status       text COLLATE "C" NOT NULL,
    total        bigint NOT NULL,
    repeated     bigint NOT NULL,
    next_id      bigint NOT NULL,
    last_id      bigint NOT NULL,
    started_at   bigint NOT NULL,
    completed_at bigint NOT NULL
);
CREATE INDEX webhook_replays_by_workspace ON webhook_replays (customer_id, started_at);
CREATE INDEX webhook_deliveries_by_replay ON webhook_deliveries (replay) WHERE replay <> '';
