-- Workers that look alive although their end was written down, by a manager that did not see them.
SELECT w.container_id, l.manager_id
FROM workers w JOIN lifeguard_workers l ON l.executor_id = w.container_id
WHERE l.ended_at IS NOT NULL AND w.status <> 'dead'
