UPDATE lifeguard_workers SET process = :process WHERE executor_id = :executor_id
