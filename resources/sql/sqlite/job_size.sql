-- SQLite writes the whole row when a column is changed.
SELECT length(CAST(payload AS BLOB)) FROM jobs WHERE id = :id
