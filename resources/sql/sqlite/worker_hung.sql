UPDATE workers SET status = 'hung' WHERE container_id = :executor_id AND status <> 'dead'
