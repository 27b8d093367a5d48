-- One page of the table. The ids are selected first, so that SQLite sorts little; then only the rows of the page are read.
-- from_newest: SQLite keeps only the first rows of the order while it reads the table. It would replace them with every row that it reads
-- if the order is about the reverse of the ids.
SELECT sort_key,
--< part_job_columns
FROM (
    SELECT page_id, sort_key FROM (
        SELECT id AS page_id
--< part_job_sort_keys
        FROM jobs
        WHERE TRUE
--< part_job_filter
        AND status = 'processing' --+ active
        AND status <> 'processing' --+ inactive
        AND (sort_key, id) > (:key, :key_id) --+ seek_up
        AND (sort_key, id) < (:key, :key_id) --+ seek_down
        ORDER BY id DESC LIMIT -1 --+ from_newest
    )
    ORDER BY sort_key, page_id --+ up
    ORDER BY sort_key DESC, page_id DESC --+ down
    LIMIT :limit OFFSET :offset
) CROSS JOIN jobs ON jobs.id = page_id
ORDER BY sort_key, jobs.id --+ up
ORDER BY sort_key DESC, jobs.id DESC --+ down
