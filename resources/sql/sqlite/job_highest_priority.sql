-- The highest priority of the pending jobs of a type.
SELECT max(priority) FROM jobs WHERE job_type = :type AND status = 'pending' AND attempts < max_attempts
