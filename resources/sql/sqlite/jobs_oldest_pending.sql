SELECT job_type, min(created_at) AS oldest FROM jobs WHERE status = 'pending' GROUP BY job_type
