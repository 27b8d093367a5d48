INSERT INTO lifeguard_job_notes (job_id, kind, note) VALUES (:job_id, :kind, :note)
