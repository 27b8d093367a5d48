// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/history.h"

#include "core/base/timestamp.h"

#include <QTest>

namespace lifeguard::test {

void addEnded(QueueTest &t, const QString &status, int days, int count, bool isForeign, const QString &payload)
{
    RawSql raw(t.path());
    const QString at = toSqlTime(t.clock.utcNow().addSecs(-days * secondsOfADay));
    const bool isCancelled = status == s("cancelled");
    QVERIFY(raw.exec(s("BEGIN")));
    for (int i = 0; i < count; ++i) {
        QVERIFY2(raw.exec(s("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload, "
                            "started_at, completed_at, cancelled_at, attempts) "
                            "VALUES ('noop', ?, '', '', '', ?, ?, ?, ?, 1)"),
                          {status, payload, at, isCancelled ? QVariant() : QVariant(at),
                           isCancelled ? QVariant(at) : QVariant()}),
                 qPrintable(raw.error()));
        if (!isForeign)
            QVERIFY(raw.exec(s("INSERT INTO lifeguard_jobs (job_id) VALUES (last_insert_rowid())")));
    }
    QVERIFY(raw.exec(s("COMMIT")));
}

int countJobs(QueueTest &t)
{
    return RawSql(t.path()).value(s("SELECT count(*) FROM jobs")).toInt();
}

} // namespace lifeguard::test
