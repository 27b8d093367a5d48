SELECT id, at, kind, pool, executor_id, worker_type, worker_id, job_id, message FROM lifeguard_events
WHERE job_id = :job_id ORDER BY id
