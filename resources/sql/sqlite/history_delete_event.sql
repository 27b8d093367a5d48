DELETE FROM lifeguard_events WHERE id = :key
