UPDATE lifeguard_workers SET spec = :spec WHERE manager_id = :manager_id AND pool = :pool AND ended_at IS NULL
