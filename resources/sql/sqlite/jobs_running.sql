SELECT id, worker_id, attempts, job_type, input_file, started_at FROM jobs WHERE status = 'processing' ORDER BY started_at, id LIMIT 5000
