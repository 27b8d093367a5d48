DELETE FROM jobs WHERE id = :id AND status = 'pending' AND attempts = 0
