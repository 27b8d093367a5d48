SELECT id, at, kind, pool, executor_id, worker_type, worker_id, job_id, message
    , code, parameters --? lifeguard_events.code
FROM lifeguard_events
