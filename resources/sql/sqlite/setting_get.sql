SELECT value FROM lifeguard_settings WHERE name = :name
