UPDATE lifeguard_workers SET ended_at = :now, reason = :reason, wanted = :wanted WHERE executor_id = :executor_id AND ended_at IS NULL
