-- The next workers of managers that ended before :before, after the position of a pass.
SELECT executor_id, ended_at, 1 AS ours FROM lifeguard_workers
WHERE ended_at < :before AND (ended_at, executor_id) > (:time, :id) ORDER BY ended_at, executor_id LIMIT :limit
