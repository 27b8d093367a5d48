--< part_command_columns
WHERE c.id = :id
