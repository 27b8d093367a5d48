INSERT INTO workers (worker_type, container_id, status, started_at, last_heartbeat, jobs_processed, jobs_failed
    , execution_mode --? workers.execution_mode
)
SELECT :type, :executor_id, 'idle', :now, :now, 0, 0
    , :mode --? workers.execution_mode
WHERE NOT EXISTS (SELECT 1 --? lifeguard_workers.executor_id
    FROM lifeguard_workers l WHERE l.executor_id = :executor_id AND l.ended_at IS NOT NULL) --? lifeguard_workers.executor_id
