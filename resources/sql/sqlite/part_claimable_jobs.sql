-- At most :limit jobs of each kind, among which are the next ones that the filters of CLM allow this worker: jobs without a mode or with the mode of the
-- worker, and jobs of all sessions or of the worker's session. Two searches with one index instead of a condition with OR, so that the
-- jobs of other modes are not visited.
    SELECT id, priority FROM (SELECT id, priority FROM jobs
        WHERE job_type = :type AND status = 'pending' AND attempts < max_attempts AND attempts < 2000000000
            AND execution_mode IS NULL --? jobs.execution_mode
            AND (:session IS NULL OR session_id IS NULL OR session_id = :session) --? jobs.session_id
        ORDER BY priority DESC, id LIMIT :limit)
    UNION ALL --? jobs.execution_mode
    SELECT id, priority FROM (SELECT id, priority FROM jobs --? jobs.execution_mode
        WHERE job_type = :type AND status = 'pending' AND attempts < max_attempts AND attempts < 2000000000 --? jobs.execution_mode
            AND execution_mode = :mode --? jobs.execution_mode
            AND (:session IS NULL OR session_id IS NULL OR session_id = :session) --? jobs.session_id
        ORDER BY priority DESC, id LIMIT :limit) --? jobs.execution_mode
