-- Removes the old row of a trigger on jobs from the counts.
    UPDATE lifeguard_job_counts SET pending = pending - (old.status = 'pending'), processing = processing - (old.status = 'processing'),
        completed = completed - (old.status = 'completed'), failed = failed - (old.status = 'failed'),
        cancelled = cancelled - (old.status = 'cancelled')
    WHERE job_type = old.job_type;
