INSERT INTO workers (worker_type, container_id, status, started_at, last_heartbeat, jobs_processed, jobs_failed
    , execution_mode --? workers.execution_mode
)
VALUES (:type, :executor_id, 'idle', :now, :now, 0, 0
    , :mode --? workers.execution_mode
)
