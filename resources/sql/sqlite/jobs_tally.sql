-- Without a text an index answers this; with one, the index would only send SQLite to and fro in the table.
SELECT status, count(*) FROM jobs WHERE TRUE
--< part_job_filter
GROUP BY status --+ no_text
GROUP BY +status --+ text
