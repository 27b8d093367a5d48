SELECT 1 FROM jobs WHERE job_type = :type AND status = 'pending' AND attempts < max_attempts AND attempts < 2000000000 LIMIT 1
