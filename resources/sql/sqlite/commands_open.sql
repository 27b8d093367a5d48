SELECT id, verb, pool, executor_id, number, issuer_process, issued_boot, expires_boot FROM lifeguard_commands
WHERE manager_id = :manager AND finished_at IS NULL AND taken_at IS NULL ORDER BY id LIMIT 100
