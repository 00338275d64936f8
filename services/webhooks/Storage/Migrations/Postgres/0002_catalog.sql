-- Grows with every change of an endpoint or key: by it a process sees that another one has changed something.
CREATE TABLE webhook_catalog (
    version bigint NOT NULL
);
INSERT INTO webhook_catalog (version) VALUES (1);
