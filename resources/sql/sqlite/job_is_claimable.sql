-- Whether job_claim.sql would find a job.
SELECT 1 FROM (
--< part_claimable_jobs
) LIMIT 1
