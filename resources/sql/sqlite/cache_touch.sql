UPDATE results_cache SET last_accessed = :now, access_count = coalesce(access_count, 0) + 1 WHERE id = :id
