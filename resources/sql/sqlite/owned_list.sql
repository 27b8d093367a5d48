SELECT executor_id, manager_id, pool, worker_type, mode, idx, log_path, beat_path, beat_slot, process, max_job_time, started_at
FROM lifeguard_workers WHERE ended_at IS NULL
