-- Cancels one chunk of the matching jobs, lowest id first. The CHECK of old files rejects the status 'cancelled' (see job_cancel_v1).
UPDATE jobs SET status = 'cancelled' --+ accepts_cancelled
UPDATE jobs SET status = 'failed', completed_at = :now, error = 'Cancelled by ' || coalesce(:by, '?') --+ v1
    , cancelled_at = :now --? jobs.cancelled_at
    , cancelled_by = :by --? jobs.cancelled_by
WHERE id > :after AND id <= :last AND status IN ('pending', 'processing')
--< part_job_filter
RETURNING id
