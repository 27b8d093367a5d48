UPDATE workers SET status = 'dead' WHERE container_id = :executor_id AND status <> 'dead'
