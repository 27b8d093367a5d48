SELECT heartbeat_at FROM lifeguard_managers WHERE id = :id
