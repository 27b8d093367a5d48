-- Deletes a job if it has not started again since it was found.
DELETE FROM jobs WHERE id = :key
    AND status = 'completed' AND completed_at < :before --+ completed
    AND status = 'failed' AND coalesce(completed_at, started_at) < :before --+ failed
    AND status = 'cancelled' AND cancelled_at < :before --+ cancelled
