-- One row per pool that a manager publishes, and one for each manager without pools.
SELECT lifeguard_managers.id, process, heartbeat_at,
    (SELECT count(*) FROM lifeguard_workers w WHERE w.manager_id = lifeguard_managers.id AND w.ended_at IS NULL) AS living_workers,
    p.worker_type, p.state, p.count, p.count_source
FROM lifeguard_managers LEFT JOIN lifeguard_pools p ON p.manager_id = lifeguard_managers.id
