SELECT id, at, kind, pool, executor_id, worker_type, worker_id, job_id, message FROM lifeguard_events
ORDER BY id DESC LIMIT :limit
