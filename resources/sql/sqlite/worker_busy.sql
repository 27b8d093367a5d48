UPDATE workers SET status = 'busy', last_heartbeat = :now WHERE id = :worker_id AND status <> 'dead'
