-- The newest submissions, newest first. Triggers count their jobs.
SELECT id, title, submitter, submitted_at, ended_at, total, completed, failed, cancelled FROM lifeguard_submissions
WHERE id = :id --+ one
ORDER BY id DESC LIMIT :limit
