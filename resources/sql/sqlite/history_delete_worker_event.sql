-- Deletes the row of CLM's table that repeats an event.
DELETE FROM worker_events WHERE id = (SELECT worker_event_id FROM lifeguard_events WHERE id = :key)
