-- The row of a job that Lifeguard has added.
INSERT INTO lifeguard_jobs (job_id, submission_id, max_job_time, is_forced)
VALUES (:job_id, :submission_id, :max_job_time, :is_forced)
