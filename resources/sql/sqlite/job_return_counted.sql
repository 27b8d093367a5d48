UPDATE jobs SET status = 'pending', worker_id = NULL, started_at = NULL
WHERE id = :id AND status = 'processing' AND worker_id = :worker_id AND attempts = :attempt
