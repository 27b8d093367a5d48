DELETE FROM workers WHERE container_id = :key AND status = 'dead'
