-- One page of the table. The ids are selected first, so that SQLite sorts little; then only the rows of the page are read.
SELECT sort_key,
--< part_job_columns
FROM (
    SELECT id AS page_id
--< part_job_sort_keys
    FROM jobs
    WHERE TRUE
--< part_job_filter
    AND status = 'processing' --+ active
    AND status <> 'processing' --+ inactive
    AND (sort_key, id) > (:key, :key_id) --+ seek_up
    AND (sort_key, id) < (:key, :key_id) --+ seek_down
    ORDER BY sort_key, id --+ up
    ORDER BY sort_key DESC, id DESC --+ down
    LIMIT :limit OFFSET :offset
) CROSS JOIN jobs ON jobs.id = page_id
ORDER BY sort_key, jobs.id --+ up
ORDER BY sort_key DESC, jobs.id DESC --+ down
