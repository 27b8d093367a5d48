-- The ids of the first jobs that match a filter with a text: finding them reads the table.
SELECT id FROM jobs WHERE TRUE
--< part_job_filter
LIMIT :limit
