SELECT w.id, w.worker_type, w.container_id, w.status, w.started_at, w.last_heartbeat, w.cpu_usage, w.memory_usage,
    w.jobs_processed, w.jobs_failed, w.avg_processing_time
    , w.execution_mode --? workers.execution_mode
    , l.pool, l.manager_id, l.idx, l.process, l.reason, l.wanted, l.log_path, l.ended_at, l.mode --? lifeguard_workers.executor_id
    , l.reason_code, l.reason_parameters --? lifeguard_workers.reason_code
FROM (SELECT id FROM workers WHERE status <> 'dead'
    UNION SELECT id FROM workers WHERE status = 'dead' AND last_heartbeat >= :since
    UNION SELECT d.id FROM lifeguard_workers e CROSS JOIN workers d ON d.container_id = e.executor_id WHERE e.ended_at >= :since --? lifeguard_workers.executor_id
) AS shown CROSS JOIN workers w ON w.id = shown.id
LEFT JOIN lifeguard_workers l ON l.executor_id = w.container_id --? lifeguard_workers.executor_id
ORDER BY w.id
