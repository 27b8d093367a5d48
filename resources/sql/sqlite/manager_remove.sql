DELETE FROM lifeguard_managers WHERE id = :id
