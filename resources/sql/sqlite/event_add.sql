INSERT INTO lifeguard_events (at, kind, pool, executor_id, worker_type, worker_id, job_id, message
    , code, parameters --? lifeguard_events.code
    , worker_event_id --? lifeguard_events.worker_event_id
    , manager --? lifeguard_events.manager
)
VALUES (:at, :kind, :pool, :executor_id, :worker_type, :worker_id, :job_id, :message
    , :code, :parameters --? lifeguard_events.code
    , :worker_event_id --? lifeguard_events.worker_event_id
    , :manager --? lifeguard_events.manager
)
