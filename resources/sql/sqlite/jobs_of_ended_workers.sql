-- Up to :limit jobs of workers of ours that have ended. The jobs are no longer processing.
SELECT j.id FROM lifeguard_workers l CROSS JOIN workers w ON w.container_id = l.executor_id CROSS JOIN jobs j ON j.worker_id = w.id
WHERE l.ended_at IS NOT NULL AND w.status = 'dead' AND j.status <> 'processing' LIMIT :limit
