SELECT id, worker_id, attempts, job_type, input_file, started_at
    , (SELECT max_job_time FROM lifeguard_jobs WHERE job_id = jobs.id) AS max_job_time --? lifeguard_jobs.max_job_time
    , NULL AS max_job_time --! lifeguard_jobs.max_job_time
FROM jobs WHERE status = 'processing' ORDER BY started_at, id LIMIT 5000
