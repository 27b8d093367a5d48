SELECT 1 FROM jobs WHERE id = :id AND status = 'processing' AND worker_id = :worker_id AND attempts = :attempt
