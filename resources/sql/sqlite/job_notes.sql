SELECT kind, note FROM lifeguard_job_notes WHERE job_id = :job_id ORDER BY id
