-- The CHECK of old files refuses the state 'cancelled': the nearest they know is a failure that says so.
UPDATE jobs SET status = 'failed', completed_at = :now, error = 'Cancelled by ' || coalesce(:by, '?')
    , cancelled_at = :now --? jobs.cancelled_at
    , cancelled_by = :by --? jobs.cancelled_by
WHERE id = :id AND status IN ('pending', 'processing')
