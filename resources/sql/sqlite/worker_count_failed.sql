UPDATE workers SET jobs_failed = coalesce(jobs_failed, 0) + 1, last_heartbeat = :now WHERE id = :worker_id
