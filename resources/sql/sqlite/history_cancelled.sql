-- The next jobs that were cancelled before :before, after the position of a pass.
SELECT id, at, EXISTS (SELECT 1 FROM lifeguard_jobs WHERE job_id = old.id AND is_foreign = 0) AS ours
FROM (SELECT id, cancelled_at AS at FROM jobs WHERE status = 'cancelled' AND cancelled_at < :before AND (cancelled_at, id) > (:time, :id)
    ORDER BY cancelled_at, id LIMIT :limit) AS old
