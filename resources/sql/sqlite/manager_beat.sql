UPDATE lifeguard_managers SET heartbeat_at = :now WHERE id = :id
