-- Clears the worker of all events of workers of ours that have ended.
UPDATE worker_events SET worker_id = NULL
WHERE worker_id IN (SELECT w.id FROM lifeguard_workers l JOIN workers w ON w.container_id = l.executor_id
    WHERE l.ended_at IS NOT NULL AND w.status = 'dead')
