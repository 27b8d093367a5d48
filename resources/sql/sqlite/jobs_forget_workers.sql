-- Clears the worker of up to :limit jobs that workers of ours have ended and that are no longer processing.
UPDATE jobs SET worker_id = NULL
WHERE status <> 'processing' AND id IN (SELECT j.id
    FROM lifeguard_workers l CROSS JOIN workers w ON w.container_id = l.executor_id CROSS JOIN jobs j ON j.worker_id = w.id
    WHERE l.ended_at IS NOT NULL AND w.status = 'dead' AND j.status <> 'processing' LIMIT :limit)
