SELECT
--< part_job_columns
FROM jobs
WHERE (:status = '' OR status = :status) AND (:type = '' OR job_type = :type)
  AND (:text = '' OR instr(lower(input_file), :text) OR instr(lower(output_file), :text) OR instr(lower(coalesce(error, '')), :text))
ORDER BY jobs.id DESC LIMIT :limit
