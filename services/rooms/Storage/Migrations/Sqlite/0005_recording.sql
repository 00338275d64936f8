-- How a stream is recorded, decided at its start, and when its media was at rest in the object store.
ALTER TABLE live_streams ADD COLUMN zip INTEGER NOT NULL DEFAULT 1;
ALTER TABLE live_streams ADD COLUMN presign_seconds INTEGER NOT NULL DEFAULT 86400;
ALTER TABLE live_streams ADD COLUMN recorded_at INTEGER;
-- Nothing was stored of the streams before.
UPDATE live_streams SET recorded_at = updated_at WHERE status IN (5, 6);
