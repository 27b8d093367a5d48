-- Counts the jobs of the submissions that have not ended. Run after derived.sql if one of the triggers was missing.
UPDATE lifeguard_submissions SET total = (SELECT count(*) FROM lifeguard_jobs l WHERE l.submission_id = lifeguard_submissions.id),
    completed = (SELECT count(*) FROM lifeguard_jobs l JOIN jobs j ON j.id = l.job_id
        WHERE l.submission_id = lifeguard_submissions.id AND j.status = 'completed'),
    failed = (SELECT count(*) FROM lifeguard_jobs l JOIN jobs j ON j.id = l.job_id
        WHERE l.submission_id = lifeguard_submissions.id AND j.status = 'failed'),
    cancelled = (SELECT count(*) FROM lifeguard_jobs l JOIN jobs j ON j.id = l.job_id
        WHERE l.submission_id = lifeguard_submissions.id AND j.status = 'cancelled')
WHERE ended_at IS NULL;
