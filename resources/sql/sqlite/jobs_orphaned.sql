-- The processing jobs that no worker will finish: they have no worker, or their worker has no row, is marked dead or has ended. The
-- caller leaves out the jobs whose manager is alive.
SELECT j.id, coalesce(j.worker_id, 0) AS worker_id, j.attempts, j.max_attempts, j.started_at, j.input_file, j.job_type
    , l.manager_id, l.beat_path, l.beat_slot, l.pool, l.idx, l.reason --? lifeguard_workers.executor_id
    , l.reason_code, l.reason_parameters --? lifeguard_workers.reason_code
    , w.status AS worker_status
FROM jobs j
LEFT JOIN workers w ON w.id = j.worker_id
LEFT JOIN lifeguard_workers l ON l.executor_id = w.container_id --? lifeguard_workers.executor_id
WHERE j.status = 'processing' AND (w.id IS NULL OR w.status = 'dead'
    OR l.ended_at IS NOT NULL --? lifeguard_workers.executor_id
)
ORDER BY j.started_at, j.priority DESC, j.id
