-- CLX's failed jobs have no completed_at, so their start time is used.
SELECT (SELECT count(*) FROM jobs WHERE status = 'failed' AND completed_at >= :hour)
     + (SELECT count(*) FROM jobs WHERE status = 'failed' AND completed_at IS NULL AND started_at >= :hour) AS failed,
       (SELECT count(*) FROM jobs WHERE status = 'completed' AND completed_at >= :minute) AS completed
