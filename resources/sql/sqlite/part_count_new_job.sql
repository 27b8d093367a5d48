-- Adds the new row of a trigger on jobs to the counts.
    INSERT INTO lifeguard_job_counts (job_type, pending, processing, completed, failed, cancelled)
    VALUES (new.job_type, new.status = 'pending', new.status = 'processing', new.status = 'completed', new.status = 'failed',
        new.status = 'cancelled')
    ON CONFLICT (job_type) DO UPDATE SET pending = pending + excluded.pending, processing = processing + excluded.processing,
        completed = completed + excluded.completed, failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled;
