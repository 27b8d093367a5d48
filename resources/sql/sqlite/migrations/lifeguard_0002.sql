-- Lifeguard's own tables, version 2: the configuration of a worker's pool, so that another manager can adopt the worker.
ALTER TABLE lifeguard_workers ADD COLUMN spec TEXT;
INSERT INTO lifeguard_schema_version (version) VALUES (2);
