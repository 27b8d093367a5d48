UPDATE jobs SET status = 'cancelled'
    , cancelled_at = :now --? jobs.cancelled_at
    , cancelled_by = :by --? jobs.cancelled_by
WHERE id = :id AND status IN ('pending', 'processing')
