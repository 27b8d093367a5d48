SELECT l.executor_id, l.manager_id, l.pool, l.worker_type, l.mode, l.idx, l.log_path, l.beat_path, l.beat_slot, l.process,
    l.max_job_time, l.started_at, w.last_heartbeat, l.spec
    , l.current_spec --? lifeguard_workers.current_spec
FROM lifeguard_workers l LEFT JOIN workers w ON w.container_id = l.executor_id
WHERE l.ended_at IS NULL
