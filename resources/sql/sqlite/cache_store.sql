INSERT INTO results_cache (output_file, content_hash, result_metadata, created_at, last_accessed, access_count)
VALUES (:output_file, :content_hash, :metadata, :now, :now, 0)
ON CONFLICT (output_file, content_hash) DO UPDATE SET result_metadata = excluded.result_metadata, last_accessed = excluded.last_accessed
