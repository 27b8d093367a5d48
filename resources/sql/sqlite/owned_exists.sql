SELECT 1 FROM lifeguard_workers WHERE executor_id = :executor_id
