INSERT INTO lifeguard_job_outputs (job_id, position, output_file) VALUES (:job_id, :position, :output_file)
