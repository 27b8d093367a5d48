-- The last id of a chunk of the matching jobs whose rows fit into one transaction (at least one job, at most :limit), and whether more
-- jobs may follow. The ids are selected first, so that only the rows of the chunk are read.
SELECT max(CASE WHEN fits THEN id END), count(*) = :limit OR min(fits) = 0 FROM (
    SELECT id, sum(size) OVER chunk <= :max_bytes OR row_number() OVER chunk = 1 AS fits
    FROM (SELECT jobs.id AS id, length(CAST(jobs.payload AS BLOB)) + :row_bytes AS size FROM (
            SELECT id AS matching FROM jobs WHERE id > :after
    AND status IN ('pending', 'processing') --+ cancel
    AND status IN ('failed', 'cancelled') --+ retry
--< part_job_filter
            ORDER BY id LIMIT :limit) CROSS JOIN jobs ON jobs.id = matching)
    WINDOW chunk AS (ORDER BY id ROWS UNBOUNDED PRECEDING)
)
