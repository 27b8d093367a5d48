UPDATE workers SET status = :status WHERE container_id = :executor_id AND status = 'hung'
