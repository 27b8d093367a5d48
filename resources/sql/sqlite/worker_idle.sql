UPDATE workers SET status = 'idle', last_heartbeat = :now WHERE id = :worker_id AND status <> 'dead'
