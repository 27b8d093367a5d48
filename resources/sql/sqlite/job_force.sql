-- Makes the job convert its input even if the results cache has its output. The job may belong to another program.
INSERT INTO lifeguard_jobs (job_id, is_forced, is_foreign) VALUES (:id, 1, 1)
ON CONFLICT (job_id) DO UPDATE SET is_forced = 1
