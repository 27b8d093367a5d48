SELECT id, result_metadata FROM results_cache WHERE output_file = :output_file AND content_hash = :content_hash
