-- Lifeguard's own tables, version 6.
-- What users must know about the result of a job, in sentences. Ids are never used twice, so that a program can read what is new.
CREATE TABLE lifeguard_job_notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id INTEGER NOT NULL,
    kind TEXT NOT NULL, -- 'result', or 'cache': the output was not made again
    note TEXT NOT NULL
);
CREATE INDEX lifeguard_job_notes_of_job ON lifeguard_job_notes(job_id, id);
-- The files that a job has made. The first one is jobs.output_file.
CREATE TABLE lifeguard_job_outputs (
    job_id INTEGER NOT NULL,
    position INTEGER NOT NULL, -- from 0
    output_file TEXT NOT NULL,
    PRIMARY KEY (job_id, position)
) WITHOUT ROWID;
-- What an output was made from, beside the content that content_hash covers (core/model/fingerprint.h). An entry of results_cache is
-- used only with a matching fingerprint.
CREATE TABLE lifeguard_fingerprints (
    output_file TEXT PRIMARY KEY,
    content_hash TEXT NOT NULL,
    fingerprint TEXT NOT NULL -- JSON
) WITHOUT ROWID;
INSERT INTO lifeguard_migrations (version, minimum_version) VALUES (6, 2);
