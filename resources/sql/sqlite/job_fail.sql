UPDATE jobs SET status = 'failed', completed_at = :now, error = :error
    , traceback = :traceback --? jobs.traceback
WHERE id = :id AND status = 'processing' AND worker_id = :worker_id AND attempts = :attempt
