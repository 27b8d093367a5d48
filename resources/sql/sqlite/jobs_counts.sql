SELECT status, job_type, count(*) AS n FROM jobs GROUP BY status, job_type
