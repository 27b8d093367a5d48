SELECT output_file FROM lifeguard_job_outputs WHERE job_id = :job_id ORDER BY position
