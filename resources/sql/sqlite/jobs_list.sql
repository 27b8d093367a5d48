-- The ids are selected first. The unary plus makes SQLite sort the ids of an index instead of reading the whole table by id.
SELECT
--< part_job_columns
FROM (
    SELECT id AS listed FROM jobs WHERE TRUE
    AND status = :status --+ status
    AND job_type = :type --+ type
    AND (instr(lower(input_file), :text) OR instr(lower(output_file), :text) OR instr(lower(coalesce(error, '')), :text)) --+ text
    AND id IN (SELECT job_id FROM lifeguard_jobs WHERE submission_id = :submission) --+ submission
    ORDER BY id DESC --+ any_status
    ORDER BY +id DESC --+ status
    LIMIT :limit
) CROSS JOIN jobs ON jobs.id = listed
ORDER BY jobs.id DESC
