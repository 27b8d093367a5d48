-- Without a text, SQLite reads only an index. With a text, the unary plus prevents SQLite from reading the rows in the order of the
-- index.
SELECT status, count(*) FROM jobs WHERE TRUE
--< part_job_filter
GROUP BY status --+ no_text
GROUP BY +status --+ text
GROUP BY +status --+ ids
