UPDATE workers SET last_heartbeat = :now WHERE id = :worker_id AND status <> 'dead'
