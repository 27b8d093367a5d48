-- Makes one chunk of the matching finished jobs pending again, lowest id first.
UPDATE jobs SET status = 'pending', max_attempts = attempts + 3, error = NULL, worker_id = NULL, started_at = NULL, completed_at = NULL
    , traceback = NULL --? jobs.traceback
    , cancelled_at = NULL --? jobs.cancelled_at
    , cancelled_by = NULL --? jobs.cancelled_by
    , result = NULL --? jobs.result
WHERE id > :after AND id <= :last AND +status IN ('completed', 'failed', 'cancelled')
    AND +status = :status --+ ended_as
--< part_job_filter
RETURNING id
