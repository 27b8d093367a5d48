INSERT INTO worker_events (event_type, worker_id, worker_type, execution_mode, message, created_at)
VALUES (:kind, :worker_id, :worker_type, :mode, :message, :at)
