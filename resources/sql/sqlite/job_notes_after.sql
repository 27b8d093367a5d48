SELECT n.id, n.kind, n.note, jobs.id, jobs.job_type, jobs.input_file
FROM lifeguard_job_notes n JOIN jobs ON jobs.id = n.job_id
WHERE n.id > :id ORDER BY n.id LIMIT :limit
