-- Counts the jobs. Run after derived.sql if the table or one of the triggers was missing.
DELETE FROM lifeguard_job_counts;
INSERT INTO lifeguard_job_counts (job_type, pending, processing, completed, failed, cancelled)
SELECT job_type, sum(status = 'pending'), sum(status = 'processing'), sum(status = 'completed'), sum(status = 'failed'),
    sum(status = 'cancelled')
FROM jobs GROUP BY job_type;
