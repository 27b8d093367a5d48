-- For a file that only other programs have written to and that is open read-only.
SELECT status, job_type, count(*) AS n FROM jobs GROUP BY status, job_type
