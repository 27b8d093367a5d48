DELETE FROM results_cache WHERE id = :key AND last_accessed < :before
