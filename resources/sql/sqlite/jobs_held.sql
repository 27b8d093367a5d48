-- The jobs that a worker has claimed and not settled.
SELECT id, attempts FROM jobs WHERE status = 'processing' AND worker_id = :worker_id
