-- The pending jobs that no worker can claim. Other programs can store NULL, or numbers that are too large.
SELECT id, attempts, max_attempts FROM jobs WHERE status = 'pending' AND (attempts < max_attempts AND attempts < 2000000000) IS NOT TRUE
