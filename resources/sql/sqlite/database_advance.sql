UPDATE lifeguard_database SET generation = generation + 1 WHERE id = 1
