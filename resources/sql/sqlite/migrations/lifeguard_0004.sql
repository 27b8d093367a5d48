-- Lifeguard's own tables, version 4: the identity of the database (docs/protocol.md, rule 12). The UUID never changes. The generation
-- grows with each heartbeat of a manager: a program that has read a higher one knows that the file was restored from a backup.
CREATE TABLE lifeguard_database (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    uuid TEXT NOT NULL,
    generation INTEGER NOT NULL DEFAULT 0
);
INSERT INTO lifeguard_database (id, uuid) VALUES (1, lower(hex(randomblob(16))));
INSERT INTO lifeguard_migrations (version, minimum_version) VALUES (4, 2);
-- Replaced by indexes of derived.sql.
DROP INDEX IF EXISTS lifeguard_jobs_claim;
DROP INDEX IF EXISTS lifeguard_jobs_processing;
