UPDATE jobs SET worker_id = NULL WHERE id = :id AND status <> 'processing'
