SELECT id, at, kind, pool, executor_id, worker_type, worker_id, job_id, message
    , code, parameters --? lifeguard_events.code
    , manager --? lifeguard_events.manager
FROM lifeguard_events
