SELECT EXISTS (SELECT 1 FROM lifeguard_commands WHERE manager_id = :manager AND finished_at IS NULL AND taken_at IS NULL)
