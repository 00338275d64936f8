-- Signalling processes that live, one row for each life of a process. A row goes when the process falls silent, and what it had with it.
CREATE TABLE signalling_nodes (
    lease_id        text COLLATE "C" PRIMARY KEY,
    node_id         text COLLATE "C" NOT NULL UNIQUE,
    control_address text NOT NULL,
    http_address    text NOT NULL,
    public_url      text NOT NULL,
    peers           integer NOT NULL,
    capacity        integer NOT NULL,
    heard_at        bigint NOT NULL
);

-- Which of them has a room. A room without a row is nobody's.
CREATE TABLE room_hosts (
    room_id    text COLLATE "C" PRIMARY KEY,
    lease_id   text COLLATE "C" NOT NULL REFERENCES signalling_nodes (lease_id) ON DELETE CASCADE,
    claimed_at bigint NOT NULL
);
CREATE INDEX room_hosts_by_lease ON room_hosts (lease_id);

-- By what a person who comes back to another process is known: a hash of the token. Empty for people of earlier versions.
ALTER TABLE session_peers ADD COLUMN token_hash text NOT NULL DEFAULT '';
