-- The ids of all matching jobs. Without ORDER BY, SQLite reads them from its smallest index. The unary plus prevents SQLite from
-- reading the table instead.
SELECT page_id FROM (
    SELECT id AS page_id
--< part_job_sort_keys
    FROM jobs
    WHERE TRUE
--< part_job_filter
    AND +id <= :max_id --+ up_to_id
    AND status = 'processing' --+ active
    AND status <> 'processing' --+ inactive
)
ORDER BY sort_key, page_id --+ up
ORDER BY sort_key DESC, page_id DESC --+ down
