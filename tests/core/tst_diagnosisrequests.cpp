// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how a worker that is to be diagnosed is found by its name.
#include "core/model/workerrow.h"
#include "core/model/workerstatus.h"
#include "core/pool/diagnosisrequests.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

WorkerRow row(const char *executorId, qint64 id, const char *pool, int index, const QDateTime &endedAt = {})
{
    WorkerRow worker;
    worker.executorId = s(executorId);
    worker.id = id;
    worker.pool = s(pool);
    worker.index = index;
    worker.status = endedAt.isValid() ? WorkerStatus::Dead : WorkerStatus::Idle;
    worker.endedAt = endedAt;
    return worker;
}

} // namespace

class TestDiagnosisRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void resolvesWorkers_data();
    void resolvesWorkers();
};

void TestDiagnosisRequests::resolvesWorkers_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("expected"); // executor id, or a part of the error
    const auto add = [](const char *name, const char *expected) { QTest::newRow(name) << s(name) << s(expected); };
    add("direct-noop-0-a", "direct-noop-0-a");
    add("3", "direct-noop-1-c");
    add("noop-0", "direct-noop-0-b"); // the living worker
    add("noop-1", "direct-noop-1-d"); // the worker that ended last
    add("12345", "12345"); // a container id takes precedence over a number
    add("noop-2", "Several workers are named 'noop-2': direct-noop-2-e, direct-noop-2-f");
    add("noop-9", "There is no worker 'noop-9'");
    add("0", "There is no worker '0'");
    add("-0", "There is no worker '-0'");
}

void TestDiagnosisRequests::resolvesWorkers()
{
    QFETCH(QString, name);
    QFETCH(QString, expected);
    const QDateTime then(QDate(2026, 1, 1), QTime(1, 0), Qt::UTC);
    const QList<WorkerRow> workers{row("direct-noop-0-a", 1, "noop", 0, then),
                                   row("direct-noop-0-b", 2, "noop", 0),
                                   row("direct-noop-1-c", 3, "noop", 1, then),
                                   row("direct-noop-1-d", 4, "noop", 1, then.addSecs(60)),
                                   row("direct-noop-2-e", 5, "noop", 2),
                                   row("direct-noop-2-f", 0, "noop", 2),
                                   row("12345", 6, "", 0),
                                   row("3f9a", 12345, "", 0)};
    const auto found = resolveWorker(name, workers);
    const QString answer = found ? found->executorId : found.error().message;
    QVERIFY2(answer.startsWith(expected), qPrintable(answer));
}

QTEST_GUILESS_MAIN(TestDiagnosisRequests)
#include "tst_diagnosisrequests.moc"
