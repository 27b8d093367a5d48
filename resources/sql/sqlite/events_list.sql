--< part_event_columns
ORDER BY id DESC LIMIT :limit
