SELECT id, process, heartbeat_at FROM lifeguard_managers
