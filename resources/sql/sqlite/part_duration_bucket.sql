-- The upper bound in milliseconds of the bucket of a duration of s seconds (core/model/jobtotals.h has the same bounds).
        CASE WHEN s IS NULL THEN 0 WHEN s <= 0.1 THEN 100 WHEN s <= 0.5 THEN 500 WHEN s <= 1 THEN 1000 WHEN s <= 2.5 THEN 2500
            WHEN s <= 5 THEN 5000 WHEN s <= 10 THEN 10000 WHEN s <= 30 THEN 30000 WHEN s <= 60 THEN 60000 WHEN s <= 300 THEN 300000
            WHEN s <= 1800 THEN 1800000 WHEN s <= 7200 THEN 7200000 ELSE 9223372036854775807 END
