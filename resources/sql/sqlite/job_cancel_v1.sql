-- Files before version 4 refuse the state 'cancelled': the nearest they know is a failure that says so.
UPDATE jobs SET status = 'failed', completed_at = :now, error = 'Cancelled by ' || :by
WHERE id = :id AND status IN ('pending', 'processing')
