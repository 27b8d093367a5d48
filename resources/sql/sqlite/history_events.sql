-- The oldest events, by id: their times are in this order, unless a clock was set.
SELECT id, at, 1 AS ours FROM (SELECT id, at FROM lifeguard_events WHERE id > :id ORDER BY id LIMIT :limit) AS old WHERE at < :before
