-- The living workers of ours whose row another program has deleted.
SELECT d.worker_id, l.manager_id, l.process
FROM lifeguard_workers l CROSS JOIN lifeguard_deleted_workers d ON d.executor_id = l.executor_id
WHERE l.ended_at IS NULL
