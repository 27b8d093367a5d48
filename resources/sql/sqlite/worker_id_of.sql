SELECT id FROM workers WHERE container_id = :executor_id
