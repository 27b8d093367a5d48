SELECT
--< part_job_columns
FROM json_each(:ids) AS wanted CROSS JOIN jobs ON jobs.id = wanted.value
ORDER BY wanted.key
