-- The ids of the next matching jobs, at most :limit. The unary plus makes SQLite read the jobs by id: most jobs have ended, and an index
-- would make it sort all of them for each chunk.
SELECT id FROM jobs WHERE id > :after
    AND status IN ('pending', 'processing') --+ cancel
    AND status IN ('failed', 'cancelled') --+ retry
    AND +status IN ('completed', 'failed', 'cancelled') --+ rerun
    AND +status = :status --+ ended_as
--< part_job_filter
ORDER BY id LIMIT :limit
