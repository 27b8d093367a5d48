SELECT p.manager_id, m.kind, m.process, p.name, p.worker_type, p.state, p.count, p.count_source, p.mode, p.mode_reason, p.reason, p.reason_code,
    p.reason_parameters, p.spec
FROM lifeguard_managers m CROSS JOIN lifeguard_pools p ON p.manager_id = m.id
ORDER BY p.name, p.manager_id
