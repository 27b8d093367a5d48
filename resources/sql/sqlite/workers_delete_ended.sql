-- Deletes the rows of workers of ours that have ended and have no jobs. Their rows in lifeguard_workers are kept.
DELETE FROM workers
WHERE status = 'dead' AND container_id IN (SELECT executor_id FROM lifeguard_workers WHERE ended_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.worker_id = workers.id)
