--< part_event_columns
WHERE id > :id ORDER BY id LIMIT :limit
