UPDATE lifeguard_commands SET finished_at = :now, outcome = :outcome, message = :message, code = :code, parameters = :parameters
WHERE id = :id AND taken_at IS NULL AND finished_at IS NULL
