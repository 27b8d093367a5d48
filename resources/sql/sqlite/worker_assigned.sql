SELECT worker_type, status
    , parent_pid --? workers.parent_pid
FROM workers WHERE id = :worker_id
