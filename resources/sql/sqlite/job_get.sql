SELECT
--< part_job_columns
    , payload
    , traceback --? jobs.traceback
FROM jobs WHERE jobs.id = :id
