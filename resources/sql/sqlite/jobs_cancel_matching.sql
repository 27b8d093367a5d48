-- Cancels one chunk of the matching jobs, lowest id first. The CHECK of old files rejects the status 'cancelled' (see job_cancel_v1).
UPDATE jobs SET status = 'cancelled' --+ accepts_cancelled
UPDATE jobs SET status = 'failed', completed_at = :now, error = 'Cancelled by ' || coalesce(:by, '?') --+ v1
    , cancelled_at = :now --? jobs.cancelled_at
    , cancelled_by = :by --? jobs.cancelled_by
WHERE id IN (SELECT id FROM jobs WHERE id > :after AND status IN ('pending', 'processing')
--< part_job_filter
    ORDER BY id LIMIT :limit)
RETURNING id
