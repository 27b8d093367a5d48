DELETE FROM lifeguard_commands WHERE id = :key
