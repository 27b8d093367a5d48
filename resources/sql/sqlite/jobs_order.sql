-- The ids of all that match, in order. Without an order SQLite answers from the smallest index it has.
SELECT page_id FROM (
    SELECT id AS page_id
--< part_job_sort_keys
    FROM jobs
    WHERE TRUE
--< part_job_filter
    AND status = 'processing' --+ active
    AND status <> 'processing' --+ inactive
)
ORDER BY sort_key, page_id --+ up
ORDER BY sort_key DESC, page_id DESC --+ down
