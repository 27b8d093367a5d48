INSERT INTO lifeguard_commands (manager_id, verb, pool, executor_id, number, issuer_process, issued_at, expires_at, issued_boot, expires_boot)
VALUES (:manager, :verb, :pool, :executor_id, :number, :process, :issued, :expires, :issued_boot, :expires_boot)
