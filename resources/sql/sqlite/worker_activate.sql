-- Takes over the row that a manager of CLM has inserted for this worker. CLM stores no mode in it.
UPDATE workers SET status = 'idle', last_heartbeat = :now
    , execution_mode = COALESCE(execution_mode, :mode) --? workers.execution_mode
WHERE id = :worker_id AND status = 'created'
