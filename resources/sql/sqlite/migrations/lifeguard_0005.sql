-- Lifeguard's own tables, version 5.
-- The pools that managers publish, so that other programs can show them and send commands to them. Rows of a manager are removed with it.
CREATE TABLE lifeguard_pools (
    manager_id TEXT NOT NULL,
    name TEXT NOT NULL,
    worker_type TEXT NOT NULL,
    state TEXT NOT NULL,
    count INTEGER NOT NULL,
    count_source TEXT NOT NULL, -- 'launch', 'file', 'hand' or 'scaling'
    mode TEXT NOT NULL,
    mode_reason TEXT,
    reason TEXT,
    reason_code TEXT,
    reason_parameters TEXT,
    spec TEXT NOT NULL, -- without the values of variables
    updated_at TEXT NOT NULL,
    PRIMARY KEY (manager_id, name)
) WITHOUT ROWID;
CREATE TRIGGER lifeguard_manager_removed AFTER DELETE ON lifeguard_managers BEGIN
    DELETE FROM lifeguard_pools WHERE manager_id = OLD.id;
END;
-- Commands to managers, and their outcomes: the audit log. A command names things that exist, and numbers; never a program, a path, an
-- image or a variable (docs/protocol.md).
CREATE TABLE lifeguard_commands (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    manager_id TEXT NOT NULL,
    verb TEXT NOT NULL,
    pool TEXT, -- NULL: the command is for the manager or for a worker
    executor_id TEXT, -- NULL: the command is for a pool or for the manager
    number INTEGER, -- a count, or seconds
    issuer_process TEXT NOT NULL, -- of the program that waits for the outcome
    issued_at TEXT NOT NULL,
    expires_at TEXT NOT NULL, -- for readers; managers use the columns below, which no change of the clock affects
    issued_boot INTEGER NOT NULL, -- CLOCK_BOOTTIME of the machine, in milliseconds
    expires_boot INTEGER NOT NULL,
    issuer TEXT, -- the user that the operating system names as the owner of issuer_process, written by the manager
    taken_at TEXT,
    finished_at TEXT,
    outcome TEXT, -- 'done', 'failed', 'refused' or 'expired'
    message TEXT,
    code TEXT,
    parameters TEXT
);
CREATE INDEX lifeguard_commands_open ON lifeguard_commands(manager_id, id) WHERE finished_at IS NULL;
-- The jobs that Lifeguard added, and what was submitted together.
CREATE TABLE lifeguard_submissions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    submitter TEXT NOT NULL,
    submitted_at TEXT NOT NULL,
    ended_at TEXT, -- when its last job had ended and the end was reported; NULL: it has not ended
    total INTEGER NOT NULL, -- its jobs, also those that were deleted after their end
    completed INTEGER NOT NULL DEFAULT 0, -- these three: kept up to date by the triggers of derived.sql
    failed INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0
);
-- The submissions whose end has yet to be reported.
CREATE INDEX lifeguard_submissions_finished ON lifeguard_submissions(id)
    WHERE ended_at IS NULL AND total <= completed + failed + cancelled;
CREATE TABLE lifeguard_jobs (
    job_id INTEGER PRIMARY KEY,
    submission_id INTEGER,
    max_job_time INTEGER, -- seconds; NULL: that of the pool
    is_forced INTEGER NOT NULL DEFAULT 0, -- 1: the results cache is not used
    is_foreign INTEGER NOT NULL DEFAULT 0 -- 1: another program added the job
);
CREATE INDEX lifeguard_jobs_of_submission ON lifeguard_jobs(submission_id, job_id);
-- The row of CLM's worker_events that repeats an event, so that both are deleted together.
ALTER TABLE lifeguard_events ADD COLUMN worker_event_id INTEGER;
-- The short name of the manager that recorded the event: 'run-4711'. NULL: another program recorded it.
ALTER TABLE lifeguard_events ADD COLUMN manager TEXT;
-- Settings of this database. retention_consent: 'given', or 'needed' if an older version filled it: then the first deletion of history is
-- announced, and waits.
CREATE TABLE lifeguard_settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO lifeguard_settings (name, value)
    SELECT 'retention_consent', CASE WHEN EXISTS (SELECT 1 FROM jobs) THEN 'needed' ELSE 'given' END;
-- The configuration of the worker's pool with the keys that older versions do not know, which read spec.
ALTER TABLE lifeguard_workers ADD COLUMN current_spec TEXT;
INSERT INTO lifeguard_migrations (version, minimum_version) VALUES (5, 2);
