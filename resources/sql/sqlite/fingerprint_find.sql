SELECT content_hash, fingerprint FROM lifeguard_fingerprints WHERE output_file = :output_file
