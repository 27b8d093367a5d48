--< part_event_columns
WHERE instr(lower(message), :text) OR instr(replace(kind, '_', ' '), :text) OR instr(lower(coalesce(pool, '')), :text)
   OR instr(lower(coalesce(executor_id, '')), :text) OR instr(lower(coalesce(worker_type, '')), :text) OR job_id = :text
ORDER BY id DESC LIMIT :limit
