INSERT INTO lifeguard_fingerprints (output_file, content_hash, fingerprint) VALUES (:output_file, :content_hash, :fingerprint)
ON CONFLICT (output_file) DO UPDATE SET content_hash = excluded.content_hash, fingerprint = excluded.fingerprint
