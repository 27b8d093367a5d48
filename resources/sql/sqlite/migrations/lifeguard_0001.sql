-- Lifeguard's own tables, version 1, beside those of CLX.
CREATE TABLE lifeguard_schema_version (
    version INTEGER PRIMARY KEY,
    applied_at TEXT DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE lifeguard_managers (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    process TEXT NOT NULL,
    started_at TEXT NOT NULL,
    heartbeat_at TEXT NOT NULL
);
CREATE TABLE lifeguard_workers (
    executor_id TEXT PRIMARY KEY,
    manager_id TEXT NOT NULL,
    pool TEXT NOT NULL,
    worker_type TEXT NOT NULL,
    mode TEXT NOT NULL,
    idx INTEGER NOT NULL,
    log_path TEXT,
    beat_path TEXT,
    beat_slot INTEGER,
    process TEXT,
    max_job_time INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    reason TEXT,
    wanted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX lifeguard_workers_living ON lifeguard_workers(manager_id) WHERE ended_at IS NULL;
CREATE INDEX lifeguard_workers_ended ON lifeguard_workers(ended_at);
CREATE TABLE lifeguard_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    pool TEXT,
    executor_id TEXT,
    worker_type TEXT,
    worker_id INTEGER,
    job_id INTEGER,
    message TEXT NOT NULL
);
CREATE INDEX lifeguard_events_worker ON lifeguard_events(executor_id, id);
CREATE INDEX lifeguard_events_job ON lifeguard_events(job_id, id) WHERE job_id IS NOT NULL;
-- Prevents claims from scanning the whole backlog.
CREATE INDEX IF NOT EXISTS lifeguard_jobs_claim ON jobs(job_type, priority DESC, id) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS lifeguard_jobs_processing ON jobs(worker_id) WHERE status = 'processing';
INSERT INTO lifeguard_schema_version (version) VALUES (1);
