-- Ends a command that is not carried out.
UPDATE lifeguard_commands SET taken_at = :now, finished_at = :now, issuer = :issuer, outcome = :outcome, message = :message, code = :code,
    parameters = :parameters
WHERE id = :id AND manager_id = :manager AND taken_at IS NULL AND finished_at IS NULL
