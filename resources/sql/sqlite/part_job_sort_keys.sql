-- The sort key of each column. It is never NULL, so that keys can be compared. Options select exactly one of these lines.
    , id AS sort_key --+ by_id
    , CASE status WHEN 'processing' THEN 0 WHEN 'pending' THEN 1 WHEN 'failed' THEN 2 WHEN 'cancelled' THEN 3 ELSE 4 END AS sort_key --+ by_state
    , job_type AS sort_key --+ by_type
    , coalesce(priority, 0) AS sort_key --+ by_priority
    , input_file AS sort_key --+ by_input
    , output_file AS sort_key --+ by_output
    , coalesce(attempts, 0) AS sort_key --+ by_attempts
    , coalesce(worker_id, 0) AS sort_key --+ by_worker
    , coalesce(created_at, '') AS sort_key --+ by_added
    , coalesce(error, '') AS sort_key --+ by_error
-- Durations in milliseconds, -1 if there is none. The end is the claim, the end of an unclaimed job, or :now.
    , coalesce(CAST(round(86400000 * (julianday(CASE WHEN status = 'pending' THEN :now ELSE coalesce(started_at --+ by_waiting
        , cancelled_at --? jobs.cancelled_at --+ by_waiting
        , completed_at, CASE WHEN status = 'processing' THEN :now END) END) - julianday(created_at))) AS INTEGER), -1) AS sort_key --+ by_waiting
    , coalesce(CAST(round(86400000 * (julianday(CASE status WHEN 'processing' THEN :now WHEN 'pending' THEN NULL ELSE completed_at END) --+ by_running
        - julianday(started_at))) AS INTEGER), -1) AS sort_key --+ by_running
