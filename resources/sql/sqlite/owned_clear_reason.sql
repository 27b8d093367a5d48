-- Removes a reason, unless the worker has stored another one since.
UPDATE lifeguard_workers SET reason = NULL
    , reason_code = NULL, reason_parameters = NULL --? lifeguard_workers.reason_code
WHERE executor_id = :executor_id AND reason = :reason AND ended_at IS NULL
