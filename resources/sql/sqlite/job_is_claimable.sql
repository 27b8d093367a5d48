-- Whether job_claim.sql would find a job.
SELECT 1 FROM (
    SELECT id FROM (SELECT id FROM jobs
        WHERE job_type = :type AND status = 'pending' AND attempts < max_attempts AND attempts < 2000000000
            AND execution_mode IS NULL --? jobs.execution_mode
            AND (:session IS NULL OR session_id IS NULL OR session_id = :session) --? jobs.session_id
        ORDER BY priority DESC, id LIMIT 1)
    UNION ALL --? jobs.execution_mode
    SELECT id FROM (SELECT id FROM jobs --? jobs.execution_mode
        WHERE job_type = :type AND status = 'pending' AND attempts < max_attempts AND attempts < 2000000000 --? jobs.execution_mode
            AND execution_mode = :mode --? jobs.execution_mode
            AND (:session IS NULL OR session_id IS NULL OR session_id = :session) --? jobs.session_id
        ORDER BY priority DESC, id LIMIT 1) --? jobs.execution_mode
) LIMIT 1
