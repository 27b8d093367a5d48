-- As jobs_counts_foreign. The oldest job is the one with the lowest id: reading created_at of each job would read its payload.
SELECT job_type, (SELECT created_at FROM jobs WHERE jobs.id = oldest.id) AS created_at
FROM (SELECT job_type, min(id) AS id FROM jobs WHERE status = 'pending' GROUP BY job_type) AS oldest
