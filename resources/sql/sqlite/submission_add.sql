INSERT INTO lifeguard_submissions (title, submitter, submitted_at, total) VALUES (:title, :submitter, :now, :total)
