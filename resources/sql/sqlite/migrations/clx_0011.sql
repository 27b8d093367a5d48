-- The tables of CLX and CLM, version 11, for a new file. Never run on a file that already has them.
CREATE TABLE schema_version (
    version INTEGER PRIMARY KEY,
    applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE workers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    worker_type TEXT NOT NULL,
    container_id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('created', 'idle', 'busy', 'hung', 'dead')),
    started_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    last_heartbeat TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    cpu_usage REAL,
    memory_usage REAL,
    jobs_processed INTEGER DEFAULT 0,
    jobs_failed INTEGER DEFAULT 0,
    avg_processing_time REAL,
    execution_mode TEXT,
    config TEXT,
    session_id TEXT,
    managed_by TEXT,
    parent_pid INTEGER
);
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_type TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')),
    priority INTEGER DEFAULT 0,
    input_file TEXT NOT NULL,
    output_file TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    started_at TIMESTAMP,
    completed_at TIMESTAMP,
    worker_id INTEGER REFERENCES workers(id),
    attempts INTEGER DEFAULT 0,
    max_attempts INTEGER DEFAULT 3,
    error TEXT,
    traceback TEXT,
    correlation_id TEXT,
    cancelled_at TIMESTAMP,
    cancelled_by TEXT,
    result TEXT,
    execution_mode TEXT,
    session_id TEXT
);
CREATE INDEX idx_jobs_status ON jobs(status, job_type);
CREATE INDEX idx_jobs_content_hash ON jobs(content_hash);
CREATE INDEX idx_jobs_status_completed ON jobs(status, completed_at);
CREATE INDEX idx_jobs_completed_at ON jobs(completed_at);
CREATE TABLE results_cache (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    output_file TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    result_metadata TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    last_accessed TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    access_count INTEGER DEFAULT 0,
    UNIQUE (output_file, content_hash)
);
CREATE INDEX idx_cache_lookup ON results_cache(output_file, content_hash);
CREATE INDEX idx_workers_status ON workers(worker_type, status);
CREATE TABLE worker_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_type TEXT NOT NULL CHECK (event_type IN ('worker_starting', 'worker_registered', 'worker_ready',
        'worker_stopping', 'worker_stopped', 'worker_failed', 'pool_starting', 'pool_started', 'pool_stopping',
        'pool_stopped', 'parent_died')),
    worker_id INTEGER,
    worker_type TEXT NOT NULL,
    execution_mode TEXT,
    message TEXT,
    metadata TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    session_id TEXT
);
CREATE TABLE worker_heartbeats (
    worker_id INTEGER PRIMARY KEY,
    job_id INTEGER,
    current_cell_index INTEGER,
    total_cells INTEGER,
    current_cell_started_at TIMESTAMP,
    last_output_excerpt TEXT,
    last_output_at TIMESTAMP,
    heartbeat_at TIMESTAMP
);
INSERT INTO schema_version (version) VALUES (11);
