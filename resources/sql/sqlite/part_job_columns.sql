jobs.id AS id, job_type, status, priority, input_file, output_file, content_hash, created_at, started_at, completed_at,
    worker_id, attempts, max_attempts, error
    , correlation_id --? jobs.correlation_id
    , cancelled_at --? jobs.cancelled_at
    , cancelled_by --? jobs.cancelled_by
    , (SELECT json_group_array(note) FROM (SELECT note FROM lifeguard_job_notes WHERE job_id = jobs.id ORDER BY id)) AS notes --? lifeguard_job_notes.note
