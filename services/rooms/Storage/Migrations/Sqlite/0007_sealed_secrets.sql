-- Secrets are sealed by the program, those of earlier versions at its start: it has the key.
ALTER TABLE workspace_keys RENAME COLUMN secret TO sealed_secret;
ALTER TABLE server_secrets RENAME COLUMN secret TO sealed_secret;
