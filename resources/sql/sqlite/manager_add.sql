INSERT INTO lifeguard_managers (id, kind, process, started_at, heartbeat_at) VALUES (:id, :kind, :process, :now, :now)
