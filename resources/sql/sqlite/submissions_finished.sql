-- The submissions whose jobs have all ended since the last call.
SELECT id, title, submitter, submitted_at, ended_at, total, completed, failed, cancelled
FROM lifeguard_submissions INDEXED BY lifeguard_submissions_finished
WHERE ended_at IS NULL AND total <= completed + failed + cancelled
LIMIT :limit
