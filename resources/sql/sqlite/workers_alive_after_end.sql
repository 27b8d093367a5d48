-- The workers whose row says that they are alive although a manager that could not see them has recorded their end.
SELECT w.container_id, l.manager_id
FROM workers w CROSS JOIN lifeguard_workers l ON l.executor_id = w.container_id
WHERE l.ended_at IS NOT NULL AND w.status <> 'dead'
