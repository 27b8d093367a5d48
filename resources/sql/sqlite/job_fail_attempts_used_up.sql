UPDATE jobs SET status = 'failed', completed_at = :now, error = :error
WHERE id = :id AND status = 'pending' AND (attempts < max_attempts AND attempts < 2000000000) IS NOT TRUE
