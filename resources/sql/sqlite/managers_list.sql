SELECT id, process, heartbeat_at, kind FROM lifeguard_managers
