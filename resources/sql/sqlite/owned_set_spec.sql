UPDATE lifeguard_workers SET spec = :spec
    , current_spec = :current_spec --? lifeguard_workers.current_spec
WHERE manager_id = :manager_id AND pool = :pool AND ended_at IS NULL
