--< part_command_columns
ORDER BY c.id DESC LIMIT :limit
