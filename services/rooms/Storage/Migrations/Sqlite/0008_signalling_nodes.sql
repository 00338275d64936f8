-- Signalling processes that live, one row for each life of a process. A row goes when the process falls silent, and what it had with it.
CREATE TABLE signalling_nodes (
    lease_id        TEXT PRIMARY KEY,
    node_id         TEXT NOT NULL UNIQUE,
    control_address TEXT NOT NULL,
    http_address    TEXT NOT NULL,
    public_url      TEXT NOT NULL,
    peers           INTEGER NOT NULL,
    capacity        INTEGER NOT NULL,
    heard_at        INTEGER NOT NULL
) STRICT;

-- Which of them has a room. A room without a row is nobody's.
CREATE TABLE room_hosts (
    room_id    TEXT PRIMARY KEY,
    lease_id   TEXT NOT NULL REFERENCES signalling_nodes (lease_id) ON DELETE CASCADE,
    claimed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX room_hosts_by_lease ON room_hosts (lease_id);

-- By what a person who comes back to another process is known: a hash of the token. Empty for people of earlier versions.
ALTER TABLE session_peers ADD COLUMN token_hash TEXT NOT NULL DEFAULT '';
