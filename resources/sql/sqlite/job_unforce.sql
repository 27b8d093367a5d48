UPDATE lifeguard_jobs SET is_forced = 0 WHERE job_id = :id AND is_forced <> 0
