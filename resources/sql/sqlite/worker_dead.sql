UPDATE workers SET status = 'dead', last_heartbeat = :now WHERE id = :worker_id
