-- Finds the jobs of workers without reading their payloads.
CREATE INDEX IF NOT EXISTS lifeguard_jobs_of_workers ON jobs(worker_id) WHERE worker_id IS NOT NULL
