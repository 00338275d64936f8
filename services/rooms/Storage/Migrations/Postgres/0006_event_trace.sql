-- The W3C traceparent of what wrote the event, for whoever handles it.
ALTER TABLE events ADD COLUMN trace text;
