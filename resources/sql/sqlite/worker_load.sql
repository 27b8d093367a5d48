UPDATE workers SET cpu_usage = :cpu, memory_usage = :memory WHERE container_id = :executor_id AND status <> 'dead'
