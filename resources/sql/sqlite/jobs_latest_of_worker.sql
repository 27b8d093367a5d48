SELECT id, job_type, status, attempts, started_at, input_file FROM jobs WHERE worker_id = :worker_id ORDER BY started_at DESC, id DESC LIMIT :limit
