SELECT uuid, generation FROM lifeguard_database WHERE id = 1
