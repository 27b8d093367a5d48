-- The oldest commands, by id.
SELECT id, at, 1 AS ours FROM (SELECT id, expires_at AS at, finished_at FROM lifeguard_commands WHERE id > :id ORDER BY id LIMIT :limit) AS old
WHERE at < :before
