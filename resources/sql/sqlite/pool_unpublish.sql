DELETE FROM lifeguard_pools WHERE manager_id = :manager AND name = :name
