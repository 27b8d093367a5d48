-- Lifeguard's own tables, version 3: the codes and parameters of events and reasons, beside their English text, and the minimum
-- version of the program that may use the file (core/store/schemamigrator.h). From this version on, lifeguard_migrations lists the
-- versions that were applied to a file, and lifeguard_schema_version stays at 2. Programs of version 2 refuse a file in which it is
-- higher, and all of their statements work on a file of this version.
ALTER TABLE lifeguard_events ADD COLUMN code TEXT;
ALTER TABLE lifeguard_events ADD COLUMN parameters TEXT;
ALTER TABLE lifeguard_workers ADD COLUMN reason_code TEXT;
ALTER TABLE lifeguard_workers ADD COLUMN reason_parameters TEXT;
CREATE TABLE lifeguard_migrations (
    version INTEGER PRIMARY KEY,
    minimum_version INTEGER NOT NULL,
    applied_at TEXT DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO lifeguard_migrations (version, minimum_version) VALUES (3, 2);
