SELECT id, worker_id, attempts, max_attempts, started_at, input_file, job_type FROM jobs
WHERE worker_id = :worker_id AND status = 'processing' ORDER BY started_at, priority DESC, id
