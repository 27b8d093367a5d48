-- The workers that were started but have not registered (yet): they have a row only in lifeguard_workers.
SELECT 0 AS id, l.worker_type, l.executor_id AS container_id, l.started_at, l.pool, l.manager_id, l.idx, l.process, l.reason, l.wanted,
    l.log_path, l.ended_at, l.mode
    , l.reason_code, l.reason_parameters --? lifeguard_workers.reason_code
FROM lifeguard_workers l LEFT JOIN workers w ON w.container_id = l.executor_id
WHERE w.id IS NULL AND (l.ended_at IS NULL OR l.ended_at >= :since)
