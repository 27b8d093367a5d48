DELETE FROM lifeguard_submissions WHERE id = :key AND NOT EXISTS (SELECT 1 FROM lifeguard_jobs WHERE submission_id = :key)
