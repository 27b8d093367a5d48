SELECT count(*) FROM jobs WHERE id > :than
--< part_job_filter
