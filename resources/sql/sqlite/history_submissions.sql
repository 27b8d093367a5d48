-- The next submissions, by id, that were added before :before. Those that still have jobs are kept.
SELECT id, submitted_at, NOT EXISTS (SELECT 1 FROM lifeguard_jobs WHERE submission_id = s.id) AS ended
FROM lifeguard_submissions s WHERE id > :id AND submitted_at < :before ORDER BY id LIMIT :limit
