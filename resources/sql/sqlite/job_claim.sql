-- Claims the next jobs, at most :limit. Their order in the result is not defined.
UPDATE jobs
SET status = 'processing', worker_id = :worker_id, attempts = attempts + 1, started_at = :now
WHERE id IN (SELECT id FROM (
--< part_claimable_jobs
    ) ORDER BY priority DESC, id LIMIT :limit)
RETURNING id, job_type, status, priority, input_file, output_file, content_hash, payload, created_at, started_at, worker_id,
    attempts, max_attempts
    , correlation_id --? jobs.correlation_id
    , (SELECT is_forced FROM lifeguard_jobs WHERE job_id = jobs.id) AS is_forced --? lifeguard_jobs.is_forced
    , (SELECT max_job_time FROM lifeguard_jobs WHERE job_id = jobs.id) AS max_job_time --? lifeguard_jobs.max_job_time
