UPDATE lifeguard_submissions SET ended_at = :now
WHERE id = :id AND ended_at IS NULL AND total <= completed + failed + cancelled
