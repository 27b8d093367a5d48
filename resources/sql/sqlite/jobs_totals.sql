SELECT job_type, measure, bucket, jobs, seconds FROM lifeguard_job_totals c
