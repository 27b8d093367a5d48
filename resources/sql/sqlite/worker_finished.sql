-- Returns a row if the worker has finished a job since :since. Uses CLX's index on status and completed_at. Workers of other programs
-- may delete their row, even before it was read; then every job of the type counts whose worker has no row. CLX's failed jobs have no
-- completed_at.
SELECT 1 FROM jobs
WHERE (status = 'completed' AND completed_at >= :since OR status = 'failed' AND completed_at >= :since
       OR status = 'failed' AND completed_at IS NULL AND started_at >= :since)
  AND (worker_id = :worker_id OR :worker_id = 0 AND job_type = :type AND NOT EXISTS (SELECT 1 FROM workers WHERE workers.id = jobs.worker_id))
LIMIT 1
