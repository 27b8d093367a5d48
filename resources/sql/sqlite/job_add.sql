INSERT INTO jobs (job_type, status, priority, input_file, output_file, content_hash, payload, created_at, attempts, max_attempts
    , correlation_id --? jobs.correlation_id
)
VALUES (:type, 'pending', :priority, :input_file, :output_file, :content_hash, :payload, :now, 0, :max_attempts
    , :correlation_id --? jobs.correlation_id
)
