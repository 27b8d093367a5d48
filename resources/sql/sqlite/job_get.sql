SELECT
--< part_job_columns
    , payload
    , traceback --? jobs.traceback
    , (SELECT max_job_time FROM lifeguard_jobs WHERE job_id = jobs.id) AS max_job_time --? lifeguard_jobs.max_job_time
FROM jobs WHERE jobs.id = :id
