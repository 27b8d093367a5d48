SELECT job_type, pending, pending + processing + completed + failed + cancelled AS total FROM lifeguard_job_counts c
