-- The next entries of the results cache that were not used since :before, after the position of a pass. The metadata of ours have a time
-- in milliseconds.
SELECT id, last_accessed, result_metadata LIKE '%"mtime_ms"%' AS ours FROM results_cache
WHERE last_accessed < :before AND (last_accessed, id) > (:time, :id) ORDER BY last_accessed, id LIMIT :limit
