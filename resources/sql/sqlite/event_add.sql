INSERT INTO lifeguard_events (at, kind, pool, executor_id, worker_type, worker_id, job_id, message
    , code, parameters --? lifeguard_events.code
)
VALUES (:at, :kind, :pool, :executor_id, :worker_type, :worker_id, :job_id, :message
    , :code, :parameters --? lifeguard_events.code
)
