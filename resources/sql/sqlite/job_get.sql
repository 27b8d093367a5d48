SELECT id, job_type, status, priority, input_file, output_file, content_hash, payload, created_at, started_at, completed_at,
    worker_id, attempts, max_attempts, error
    , traceback --? jobs.traceback
    , correlation_id --? jobs.correlation_id
    , cancelled_at --? jobs.cancelled_at
    , cancelled_by --? jobs.cancelled_by
FROM jobs WHERE id = :id
