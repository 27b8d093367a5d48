UPDATE lifeguard_commands SET taken_at = :now, issuer = :issuer
WHERE id = :id AND manager_id = :manager AND taken_at IS NULL AND finished_at IS NULL
