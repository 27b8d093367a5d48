    AND status = :status --+ status
    AND job_type = :type --+ type
    AND (input_file LIKE :text ESCAPE '\' OR output_file LIKE :text ESCAPE '\' OR error LIKE :text ESCAPE '\' --+ text
         OR id = :number --+ number
        ) --+ text
    AND id IN (SELECT job_id FROM lifeguard_jobs WHERE submission_id = :submission) --+ submission
    AND id <= :max_id --+ max_id
    AND id IN (SELECT value FROM json_each(:ids)) --+ ids
