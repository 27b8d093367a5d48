SELECT id, job_type, status, priority, input_file, output_file, content_hash, created_at, started_at, completed_at,
    worker_id, attempts, max_attempts, error
    , correlation_id --? jobs.correlation_id
    , cancelled_at --? jobs.cancelled_at
    , cancelled_by --? jobs.cancelled_by
FROM jobs
WHERE (:status = '' OR status = :status) AND (:type = '' OR job_type = :type)
  AND (:text = '' OR instr(lower(input_file), :text) OR instr(lower(output_file), :text) OR instr(lower(coalesce(error, '')), :text))
ORDER BY id DESC LIMIT :limit
