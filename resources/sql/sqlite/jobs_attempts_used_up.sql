SELECT id, attempts, max_attempts FROM jobs WHERE status = 'pending' AND attempts >= max_attempts
