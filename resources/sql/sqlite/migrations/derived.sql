-- Indexes, triggers and a table that contain no data of their own: they are derived from the tables of CLX, so that queries on a timer
-- stay cheap when the backlog, the history or the payloads grow. A statement runs if its object does not exist (core/store/derivedschema.h). The
-- definition of an object never changes under its name, because programs of several versions use a file.
--
-- The columns attempts, worker_id and times are stored after the payload, so that reading them from the table reads the whole payload.
-- The indexes therefore contain all columns that their queries use, including those of their conditions.
CREATE INDEX lifeguard_jobs_claimable ON jobs(job_type, priority DESC, id, status, attempts, max_attempts) --! jobs.execution_mode
    WHERE status = 'pending' AND attempts < max_attempts; --! jobs.execution_mode
CREATE INDEX lifeguard_jobs_claimable_by_mode ON jobs(job_type, execution_mode, priority DESC, id, --? jobs.execution_mode
    session_id, --? jobs.session_id
    status, attempts, max_attempts) WHERE status = 'pending' AND attempts < max_attempts; --? jobs.execution_mode
CREATE INDEX lifeguard_jobs_used_up ON jobs(status, attempts, max_attempts)
    WHERE status = 'pending' AND (attempts < max_attempts AND attempts < 2000000000) IS NOT TRUE;
CREATE INDEX lifeguard_jobs_waiting ON jobs(job_type, created_at, status) WHERE status = 'pending';
CREATE INDEX lifeguard_jobs_running
    ON jobs(status, worker_id, started_at, priority, attempts, max_attempts, job_type, input_file) WHERE status = 'processing';
CREATE INDEX lifeguard_jobs_failed ON jobs(completed_at, started_at, status) WHERE status = 'failed';
-- For the deletion of history.
CREATE INDEX lifeguard_jobs_cancelled ON jobs(status, cancelled_at) WHERE status = 'cancelled'; --? jobs.cancelled_at
CREATE INDEX lifeguard_results_accessed ON results_cache(last_accessed); --? results_cache.last_accessed
CREATE INDEX lifeguard_workers_alive ON workers(container_id, status) WHERE status <> 'dead';
CREATE INDEX lifeguard_workers_dead ON workers(last_heartbeat, status) WHERE status = 'dead';
-- The living workers of ours whose row in workers another program has deleted: nothing else links their jobs to them.
CREATE TABLE lifeguard_deleted_workers (executor_id TEXT PRIMARY KEY, worker_id INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER lifeguard_workers_deleted AFTER DELETE ON workers
WHEN EXISTS (SELECT 1 FROM lifeguard_workers l WHERE l.executor_id = old.container_id AND l.ended_at IS NULL)
BEGIN
    DELETE FROM lifeguard_deleted_workers WHERE NOT EXISTS (SELECT 1 FROM lifeguard_workers l
        WHERE l.executor_id = lifeguard_deleted_workers.executor_id AND l.ended_at IS NULL);
    INSERT OR REPLACE INTO lifeguard_deleted_workers (executor_id, worker_id) VALUES (old.container_id, old.id);
END;
-- The numbers of jobs by type and status. Counted anew when one of the triggers was missing.
CREATE TABLE lifeguard_job_counts (
    job_type TEXT PRIMARY KEY,
    pending INTEGER DEFAULT 0,
    processing INTEGER DEFAULT 0,
    completed INTEGER DEFAULT 0,
    failed INTEGER DEFAULT 0,
    cancelled INTEGER DEFAULT 0
) WITHOUT ROWID;
CREATE TRIGGER lifeguard_jobs_inserted AFTER INSERT ON jobs BEGIN
--< part_count_new_job
END;
CREATE TRIGGER lifeguard_jobs_changed AFTER UPDATE OF status ON jobs WHEN new.status <> old.status AND new.job_type = old.job_type
BEGIN
    UPDATE lifeguard_job_counts SET pending = pending + (new.status = 'pending') - (old.status = 'pending'),
        processing = processing + (new.status = 'processing') - (old.status = 'processing'),
        completed = completed + (new.status = 'completed') - (old.status = 'completed'),
        failed = failed + (new.status = 'failed') - (old.status = 'failed'),
        cancelled = cancelled + (new.status = 'cancelled') - (old.status = 'cancelled')
    WHERE job_type = new.job_type;
END;
CREATE TRIGGER lifeguard_jobs_retyped AFTER UPDATE OF job_type ON jobs WHEN new.job_type <> old.job_type BEGIN
--< part_count_old_job
--< part_count_new_job
END;
CREATE TRIGGER lifeguard_jobs_deleted AFTER DELETE ON jobs BEGIN
--< part_count_old_job
END;
-- The counts of a submission. A job that starts again opens its submission again.
CREATE TRIGGER lifeguard_jobs_of_submission_changed AFTER UPDATE OF status ON jobs
WHEN new.status <> old.status
    AND (new.status IN ('completed', 'failed', 'cancelled') OR old.status IN ('completed', 'failed', 'cancelled'))
BEGIN
    UPDATE lifeguard_submissions SET completed = completed + (new.status = 'completed') - (old.status = 'completed'),
        failed = failed + (new.status = 'failed') - (old.status = 'failed'),
        cancelled = cancelled + (new.status = 'cancelled') - (old.status = 'cancelled'),
        ended_at = CASE WHEN new.status IN ('pending', 'processing') THEN NULL ELSE ended_at END
    WHERE id = (SELECT submission_id FROM lifeguard_jobs WHERE job_id = new.id);
END;
-- What has happened to jobs since the table was created, for metrics. Only grows. measure: 'completed', 'failed', 'cancelled', 'returned',
-- or 'waited' (until the first attempt). bucket: the upper bound of the duration in milliseconds; 0: the duration is unknown. A sum over
-- the buckets is exact, whichever program changed the jobs, and however many changed between two readings.
CREATE TABLE lifeguard_job_totals (
    job_type TEXT NOT NULL,
    measure TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    jobs INTEGER NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY (job_type, measure, bucket)
) WITHOUT ROWID;
CREATE TRIGGER lifeguard_jobs_finished AFTER UPDATE OF status ON jobs
WHEN old.status = 'processing' AND new.status <> 'processing'
BEGIN
    INSERT INTO lifeguard_job_totals (job_type, measure, bucket, jobs, seconds)
    SELECT new.job_type, CASE new.status WHEN 'pending' THEN 'returned' ELSE new.status END,
--< part_duration_bucket
        , 1, coalesce(s, 0)
    FROM (SELECT CASE WHEN new.status <> 'pending' THEN max(0, round((julianday(coalesce(new.completed_at, 'now')) - julianday(old.started_at)) * 86400, 3)) END AS s)
    WHERE TRUE
    ON CONFLICT (job_type, measure, bucket) DO UPDATE SET jobs = jobs + 1, seconds = seconds + excluded.seconds;
    INSERT INTO lifeguard_job_totals (job_type, measure, bucket, jobs, seconds)
    SELECT new.job_type, 'waited',
--< part_duration_bucket
        , 1, s
    FROM (SELECT max(0, round((julianday(old.started_at) - julianday(new.created_at)) * 86400, 3)) AS s)
    WHERE s IS NOT NULL AND old.attempts <= 1 AND new.status <> 'pending'
    ON CONFLICT (job_type, measure, bucket) DO UPDATE SET jobs = jobs + 1, seconds = seconds + excluded.seconds;
END;
CREATE TRIGGER lifeguard_jobs_given_up AFTER UPDATE OF status ON jobs
WHEN old.status <> 'processing' AND new.status <> old.status AND new.status IN ('failed', 'cancelled', 'completed')
BEGIN
    INSERT INTO lifeguard_job_totals (job_type, measure, bucket, jobs, seconds) VALUES (new.job_type, new.status, 0, 1, 0)
    ON CONFLICT (job_type, measure, bucket) DO UPDATE SET jobs = jobs + 1;
END;
-- A row about a job that Lifeguard added ends with the job, whichever program deletes it. A job that had not ended no longer belongs to
-- its submission; the others stay in its counts.
CREATE TRIGGER lifeguard_jobs_forgotten AFTER DELETE ON jobs BEGIN
    UPDATE lifeguard_submissions SET total = total - 1
    WHERE old.status IN ('pending', 'processing') AND id = (SELECT submission_id FROM lifeguard_jobs WHERE job_id = old.id);
    DELETE FROM lifeguard_jobs WHERE job_id = old.id;
END;
-- The result of a job ends with the job, or when the job starts again, whichever program causes it.
CREATE TRIGGER lifeguard_job_removed AFTER DELETE ON jobs BEGIN
    DELETE FROM lifeguard_job_notes WHERE job_id = old.id;
    DELETE FROM lifeguard_job_outputs WHERE job_id = old.id;
END;
CREATE TRIGGER lifeguard_job_again AFTER UPDATE OF status ON jobs
WHEN new.status IN ('pending', 'processing') AND old.status IN ('completed', 'failed', 'cancelled')
BEGIN
    DELETE FROM lifeguard_job_notes WHERE job_id = new.id;
    DELETE FROM lifeguard_job_outputs WHERE job_id = new.id;
END;
CREATE TRIGGER lifeguard_result_removed AFTER DELETE ON results_cache BEGIN
    DELETE FROM lifeguard_fingerprints WHERE output_file = old.output_file AND content_hash = old.content_hash;
END;
