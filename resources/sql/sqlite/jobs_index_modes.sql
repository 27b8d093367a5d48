-- Lets claims find the jobs of a mode without visiting those of other modes, and without reading payloads.
CREATE INDEX IF NOT EXISTS lifeguard_jobs_claim_mode ON jobs(job_type, execution_mode, priority DESC, id
    , session_id --? jobs.session_id
    , attempts, max_attempts, status) WHERE status = 'pending'
