UPDATE jobs SET result = :result WHERE id = :id
