-- The processing jobs whose worker is idle. The caller decides after which time such a job counts as forgotten.
SELECT j.id, coalesce(j.worker_id, 0) AS worker_id, j.attempts, j.max_attempts, j.started_at, j.input_file, j.job_type
    , l.manager_id, l.max_job_time --? lifeguard_workers.executor_id
    , (SELECT max_job_time FROM lifeguard_jobs WHERE job_id = j.id) AS own_max_job_time --? lifeguard_jobs.max_job_time
    , NULL AS own_max_job_time --! lifeguard_jobs.max_job_time
FROM jobs j CROSS JOIN workers w ON w.id = j.worker_id
LEFT JOIN lifeguard_workers l ON l.executor_id = w.container_id --? lifeguard_workers.executor_id
WHERE j.status = 'processing' AND w.status = 'idle'
