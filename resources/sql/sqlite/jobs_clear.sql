DELETE FROM jobs
WHERE status IN ('completed', 'failed'
    , 'cancelled' --? jobs.cancelled_at
)
AND coalesce(completed_at
    , cancelled_at --? jobs.cancelled_at
    , started_at, created_at) < :before
