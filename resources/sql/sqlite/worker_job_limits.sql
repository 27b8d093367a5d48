-- The time limits of the jobs that a worker is processing; NULL: that of its pool.
SELECT
    (SELECT max_job_time FROM lifeguard_jobs WHERE job_id = j.id) AS max_job_time --? lifeguard_jobs.max_job_time
    NULL AS max_job_time --! lifeguard_jobs.max_job_time
FROM workers w CROSS JOIN jobs j ON j.worker_id = w.id
WHERE w.container_id = :executor_id AND j.status = 'processing'
