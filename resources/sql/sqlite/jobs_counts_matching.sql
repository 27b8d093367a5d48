-- Without a text, an index answers this. With a text, the unary plus keeps SQLite from visiting the rows in the order of the index.
SELECT status, count(*) FROM jobs WHERE TRUE
--< part_job_filter
GROUP BY status --+ no_text
GROUP BY +status --+ text
