SELECT job_type, pending, processing, completed, failed, cancelled,
    (SELECT min(created_at) FROM jobs WHERE jobs.job_type = c.job_type AND status = 'pending') AS oldest_pending
FROM lifeguard_job_counts c
