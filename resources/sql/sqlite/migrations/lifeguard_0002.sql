-- Lifeguard's own tables, version 2: what a worker was started with, so that another manager can adopt it.
ALTER TABLE lifeguard_workers ADD COLUMN spec TEXT;
INSERT INTO lifeguard_schema_version (version) VALUES (2);
