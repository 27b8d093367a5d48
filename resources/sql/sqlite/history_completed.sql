-- The next completed jobs that ended before :before, after the position of a pass.
SELECT id, at, EXISTS (SELECT 1 FROM lifeguard_jobs WHERE job_id = old.id AND is_foreign = 0) AS ours
FROM (SELECT id, completed_at AS at FROM jobs WHERE status = 'completed' AND completed_at < :before AND (completed_at, id) > (:time, :id)
    ORDER BY completed_at, id LIMIT :limit) AS old
