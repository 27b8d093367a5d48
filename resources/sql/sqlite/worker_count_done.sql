UPDATE workers
SET jobs_processed = coalesce(jobs_processed, 0) + 1, last_heartbeat = :now,
    avg_processing_time = (coalesce(avg_processing_time, 0) * coalesce(jobs_processed, 0) + :seconds) / (coalesce(jobs_processed, 0) + 1)
WHERE id = :worker_id
