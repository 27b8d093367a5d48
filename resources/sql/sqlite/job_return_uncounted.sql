UPDATE jobs SET status = 'pending', worker_id = NULL, started_at = NULL, max_attempts = max_attempts + 1
WHERE id = :id AND status = 'processing' AND worker_id = :worker_id AND attempts = :attempt
