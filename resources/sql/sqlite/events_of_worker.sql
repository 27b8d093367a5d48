--< part_event_columns
WHERE executor_id = :executor_id ORDER BY id DESC LIMIT :limit
