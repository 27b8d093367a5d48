SELECT id
    , execution_mode --? workers.execution_mode
    , session_id --? workers.session_id
FROM workers WHERE id = :worker_id AND status <> 'dead'
