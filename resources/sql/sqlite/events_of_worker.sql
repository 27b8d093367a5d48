SELECT id, at, kind, pool, executor_id, worker_type, worker_id, job_id, message FROM lifeguard_events
WHERE executor_id = :executor_id ORDER BY id DESC LIMIT :limit
