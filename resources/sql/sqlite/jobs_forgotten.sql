SELECT j.id, coalesce(j.worker_id, 0) AS worker_id, j.attempts, j.max_attempts, j.started_at, j.input_file, j.job_type
FROM jobs j JOIN workers w ON w.id = j.worker_id
WHERE j.status = 'processing' AND j.started_at < :before AND w.status = 'idle'
