-- As history_failed, for the jobs that workers of CLX have failed, which have no completed_at.
SELECT id, at, EXISTS (SELECT 1 FROM lifeguard_jobs WHERE job_id = old.id AND is_foreign = 0) AS ours
FROM (SELECT id, started_at AS at FROM jobs WHERE status = 'failed' AND completed_at IS NULL AND started_at < :before AND (started_at, id) > (:time, :id)
    ORDER BY started_at, id LIMIT :limit) AS old
