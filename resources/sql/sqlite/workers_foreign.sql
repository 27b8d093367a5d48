-- The living workers that have no row in lifeguard_workers because they belong to CLX or to another program.
SELECT w.id, w.container_id, w.status, w.last_heartbeat, w.worker_type,
    w.parent_pid, --? workers.parent_pid
    (SELECT b.heartbeat_at FROM worker_heartbeats b WHERE b.worker_id = w.id) AS job_beat_at, --? worker_heartbeats.heartbeat_at
    (SELECT min(j.started_at) FROM jobs j WHERE j.worker_id = w.id AND j.status = 'processing') AS job_started_at
FROM (SELECT id FROM workers WHERE status <> 'dead') AS alive CROSS JOIN workers w ON w.id = alive.id
LEFT JOIN lifeguard_workers l ON l.executor_id = w.container_id
WHERE l.executor_id IS NULL
