UPDATE workers
SET jobs_processed = coalesce(jobs_processed, 0) + :jobs, last_heartbeat = :now,
    avg_processing_time = (coalesce(avg_processing_time, 0) * coalesce(jobs_processed, 0) + :seconds) / (coalesce(jobs_processed, 0) + :jobs)
WHERE id = :worker_id
