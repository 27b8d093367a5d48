SELECT c.id, c.manager_id, c.verb, c.pool, c.executor_id, c.number, c.issuer_process, c.issuer, c.issued_at, c.taken_at, c.finished_at, c.outcome,
    c.message, c.code, c.parameters, EXISTS (SELECT 1 FROM lifeguard_managers m WHERE m.id = c.manager_id)
FROM lifeguard_commands c
