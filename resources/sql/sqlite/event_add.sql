INSERT INTO lifeguard_events (at, kind, pool, executor_id, worker_type, worker_id, job_id, message)
VALUES (:at, :kind, :pool, :executor_id, :worker_type, :worker_id, :job_id, :message)
