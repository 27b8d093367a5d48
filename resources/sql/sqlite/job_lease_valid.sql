-- The unary plus makes SQLite use the index of processing jobs: the row contains worker_id and attempts after the payload.
SELECT 1 FROM jobs WHERE +id = :id AND status = 'processing' AND worker_id = :worker_id AND attempts = :attempt
