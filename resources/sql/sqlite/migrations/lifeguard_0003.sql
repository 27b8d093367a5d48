-- Lifeguard's own tables, version 3: events and reasons as codes with parameters beside their English text, and the oldest version of
-- the program that may use the file. From here on lifeguard_migrations has the applied versions. lifeguard_schema_version stays at 2:
-- programs of version 2 refuse a file in which it is higher, and all of their statements still work on this one. A later migration that
-- an older program cannot live with raises minimum_version, and inserts its number into lifeguard_schema_version as well.
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
