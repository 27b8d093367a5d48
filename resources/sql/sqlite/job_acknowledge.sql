UPDATE jobs SET status = 'completed', completed_at = :now, error = NULL
WHERE id = :id AND status = 'processing' AND worker_id = :worker_id AND attempts = :attempt
