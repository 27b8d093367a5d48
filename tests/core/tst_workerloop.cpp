// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the order of the steps of a worker, with a converter that the test controls.
#include "core/worker/workerloop.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "tests/support/workertest.h"

#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Records the jobs that begin. The test decides when they end.
class HeldConverter : public Converter
{
public:
    void convert(const Job &job, const ConversionContext &) override { jobs.append(job.id); }
    void cancel() override {}

    QList<qint64> jobs;
};

} // namespace

class TestWorkerLoop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lockedClaimIsRepeatedOnlyOnce();
};

/// The worker notices a commit between the end of a job and its continuation. If that leads to a claim which fails
/// because of a lock and is repeated later, the repetition replaces the job that the continuation has claimed.
void TestWorkerLoop::lockedClaimIsRepeatedOnlyOnce()
{
    QueueTest t;
    for (int i = 0; i < 80; ++i) // more than two batches
        t.add();
    auto database = Database::open(t.path(), OpenMode::ReadWrite, milliseconds(1));
    QVERIFY(database);
    WorkerOptions options = noopWorkerOptions();
    options.databasePath = t.path();
    auto owned = std::make_unique<HeldConverter>();
    HeldConverter *const converter = owned.get();
    WorkerLoop loop(options, std::move(*database), nullptr, std::move(owned));
    QSignalSpy finished(&loop, &WorkerLoop::finished);
    loop.start();
    EVENTUALLY(converter->jobs.size() == 1);
    RawSql lock(t.path());
    Q_EMIT converter->finished(Conversion()); // settles the job; the continuation is posted
    QVERIFY(lock.exec(s("BEGIN IMMEDIATE")));
    Q_EMIT loop.findChild<CommitWatcher *>()->committed();
    QVERIFY(lock.exec(s("COMMIT")));
    EVENTUALLY(converter->jobs.size() == 2);
    bool isOver = false; // later than the repetition of the claim, which would begin a third job
    QTimer::singleShot(100, &loop, [&isOver] { isOver = true; });
    EVENTUALLY(isOver);
    QCOMPARE(converter->jobs.size(), 2);
    loop.stop(s("test"));
    Q_EMIT converter->finished(Conversion());
    EVENTUALLY(!finished.isEmpty());
}

QTEST_GUILESS_MAIN(TestWorkerLoop)
#include "tst_workerloop.moc"
