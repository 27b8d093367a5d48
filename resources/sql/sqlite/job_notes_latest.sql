SELECT max(id) FROM lifeguard_job_notes
