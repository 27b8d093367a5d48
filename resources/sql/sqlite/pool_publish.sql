INSERT INTO lifeguard_pools (manager_id, name, worker_type, state, count, count_source, mode, mode_reason, reason, reason_code, reason_parameters,
    spec, updated_at)
SELECT :manager, :name, :type, :state, :count, :count_source, :mode, :mode_reason, :reason, :reason_code, :reason_parameters, :spec, :now
WHERE EXISTS (SELECT 1 FROM lifeguard_managers m WHERE m.id = :manager)
ON CONFLICT (manager_id, name) DO UPDATE SET worker_type = excluded.worker_type, state = excluded.state, count = excluded.count,
    count_source = excluded.count_source, mode = excluded.mode, mode_reason = excluded.mode_reason, reason = excluded.reason,
    reason_code = excluded.reason_code, reason_parameters = excluded.reason_parameters, spec = excluded.spec, updated_at = excluded.updated_at
