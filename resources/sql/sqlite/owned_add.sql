INSERT INTO lifeguard_workers (executor_id, manager_id, pool, worker_type, mode, idx, log_path, beat_path, beat_slot, process,
    max_job_time, spec, started_at
    , current_spec --? lifeguard_workers.current_spec
)
VALUES (:executor_id, :manager_id, :pool, :type, :mode, :idx, :log_path, :beat_path, :beat_slot, :process, :max_job_time, :spec, :now
    , :current_spec --? lifeguard_workers.current_spec
)
