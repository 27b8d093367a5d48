-- Keeps the row of a worker whose row in workers says that it is alive.
DELETE FROM lifeguard_workers WHERE executor_id = :key AND ended_at < :before
    AND NOT EXISTS (SELECT 1 FROM workers WHERE container_id = :key)
