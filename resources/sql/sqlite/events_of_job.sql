--< part_event_columns
WHERE job_id = :job_id ORDER BY id
