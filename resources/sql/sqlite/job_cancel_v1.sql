-- The CHECK of old files rejects the status 'cancelled'. A failed job with this error is the closest state that they accept.
UPDATE jobs SET status = 'failed', completed_at = :now, error = 'Cancelled by ' || coalesce(:by, '?')
    , cancelled_at = :now --? jobs.cancelled_at
    , cancelled_by = :by --? jobs.cancelled_by
WHERE id = :id AND status IN ('pending', 'processing')
