UPDATE lifeguard_workers SET manager_id = :manager_id WHERE executor_id = :executor_id AND manager_id = :former AND ended_at IS NULL
