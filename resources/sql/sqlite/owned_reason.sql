UPDATE lifeguard_workers SET reason = :reason WHERE executor_id = :executor_id AND ended_at IS NULL
