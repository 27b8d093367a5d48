-- The ids of the next matching jobs, at most :limit.
SELECT id FROM jobs WHERE id > :after
    AND status IN ('pending', 'processing') --+ cancel
    AND status IN ('failed', 'cancelled') --+ retry
--< part_job_filter
ORDER BY id LIMIT :limit
