-- The pending jobs that match, in the order in which workers claim them.
SELECT id, job_type, coalesce(priority, 0) FROM jobs WHERE status = 'pending'
    AND id = :id --+ one
--< part_job_filter
ORDER BY priority DESC, id
