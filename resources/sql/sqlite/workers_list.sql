SELECT w.id, w.worker_type, w.container_id, w.status, w.started_at, w.last_heartbeat, w.cpu_usage, w.memory_usage,
    w.jobs_processed, w.jobs_failed, w.avg_processing_time
    , w.execution_mode --? workers.execution_mode
    , l.pool, l.manager_id, l.idx, l.process, l.reason, l.wanted, l.log_path, l.ended_at, l.mode --? lifeguard_workers.executor_id
    , l.reason_code, l.reason_parameters --? lifeguard_workers.reason_code
FROM workers w
LEFT JOIN lifeguard_workers l ON l.executor_id = w.container_id --? lifeguard_workers.executor_id
WHERE w.status <> 'dead' OR w.last_heartbeat >= :since
    OR l.ended_at >= :since --? lifeguard_workers.executor_id
ORDER BY w.id
