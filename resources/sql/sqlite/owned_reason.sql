UPDATE lifeguard_workers SET reason = :reason
    , reason_code = :reason_code, reason_parameters = :reason_parameters --? lifeguard_workers.reason_code
WHERE executor_id = :executor_id AND ended_at IS NULL
