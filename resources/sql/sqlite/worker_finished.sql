-- Whether a worker finished a job since then, answered from CLX's index on status and completed_at. Workers that are not ours may delete
-- their row, even before it was ever read: then any job of the type counts whose worker's row is gone. CLX's failed jobs have no completed_at.
SELECT 1 FROM jobs
WHERE (status = 'completed' AND completed_at >= :since OR status = 'failed' AND completed_at >= :since
       OR status = 'failed' AND completed_at IS NULL AND started_at >= :since)
  AND (worker_id = :worker_id OR :worker_id = 0 AND job_type = :type AND NOT EXISTS (SELECT 1 FROM workers WHERE workers.id = jobs.worker_id))
LIMIT 1
