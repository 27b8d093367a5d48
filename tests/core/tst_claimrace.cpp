// SPDX-License-Identifier: GPL-3.0-or-later
// Tests several processes that claim jobs from one file. Each is this program with the arguments "--claim DB NAME
// BATCH": it waits for a line on its standard input, claims and acknowledges until no job is pending, and prints the
// number of its jobs.
#include "core/base/systemclock.h"
#include "core/model/job.h"
#include "tests/support/queuetest.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTest>

#include <cstdio>
#include <cstring>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

constexpr int jobCount = 3000;
constexpr int patience = 120000; ///< ms; reached only if the test fails
const QString type = QStringLiteral("noop");

int fail(const Error &error)
{
    std::fprintf(stderr, "%s %s\n", qPrintable(error.message), qPrintable(error.detail));
    return 1;
}

int claimAll(const QString &path, const QString &name, int batch)
{
    const auto db = Database::open(path, OpenMode::ReadWrite, std::chrono::seconds(60));
    if (!db)
        return fail(db.error());
    const SystemClock clock;
    JobQueue queue(**db, clock);
    WorkerRegistry registry(**db, clock);
    const auto id = registry.registerWorker(type, name, QStringLiteral("direct"));
    if (!id)
        return fail(id.error());
    std::puts("ready");
    std::fflush(stdout);
    std::getchar();
    int done = 0;
    for (;;) {
        const auto jobs = queue.claim(*id, type, batch);
        if (!jobs)
            return fail(jobs.error());
        if (jobs->isEmpty())
            break;
        for (const Job &job : *jobs) {
            if (const Status acknowledged = queue.acknowledge(job.lease(), 0.001); !acknowledged)
                return fail(acknowledged.error());
            ++done;
        }
    }
    if (const Status dead = registry.setDead(*id); !dead)
        return fail(dead.error());
    std::printf("done %d\n", done);
    return 0;
}

} // namespace

class TestClaimRace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyJobIsClaimedOnce_data();
    void everyJobIsClaimedOnce();
};

void TestClaimRace::everyJobIsClaimedOnce_data()
{
    QTest::addColumn<int>("claimers");
    QTest::addColumn<int>("batch");
    QTest::newRow("two processes, one job at a time") << 2 << 1;
    QTest::newRow("six processes, one job at a time") << 6 << 1;
    QTest::newRow("four processes, batches of jobs") << 4 << 16;
}

void TestClaimRace::everyJobIsClaimedOnce()
{
    QFETCH(int, claimers);
    QFETCH(int, batch);
    QueueTest t;
    NewJob job;
    job.type = type;
    const auto added = t.queue->addMany(QList<NewJob>(jobCount, job));
    QVERIFY(added);

    std::vector<std::unique_ptr<QProcess>> processes;
    for (int i = 0; i < claimers; ++i) {
        auto process = std::make_unique<QProcess>();
        process->start(QCoreApplication::applicationFilePath(),
                       {QStringLiteral("--claim"), t.path(), QStringLiteral("direct-noop-%1-aaaaaaaa").arg(i),
                        QString::number(batch)});
        processes.push_back(std::move(process));
    }
    // All begin at the same time, so that no process finds the table empty.
    for (const auto &process : processes)
        QTRY_VERIFY2_WITH_TIMEOUT(process->canReadLine(), process->readAllStandardError().constData(), patience);
    for (const auto &process : processes) {
        QCOMPARE(process->readLine(), QByteArray("ready\n"));
        process->write("go\n");
    }
    int total = 0;
    QStringList shares;
    for (const auto &process : processes) {
        QTRY_COMPARE_WITH_TIMEOUT(process->state(), QProcess::NotRunning, patience);
        const QByteArray errors = process->readAllStandardError();
        QVERIFY2(process->exitStatus() == QProcess::NormalExit && process->exitCode() == 0, errors.constData());
        const QByteArray line = process->readAllStandardOutput().trimmed();
        QVERIFY2(line.startsWith("done "), line.constData());
        const int done = line.mid(5).toInt();
        QVERIFY2(done > 0, "a process got no job");
        total += done;
        shares.append(QString::number(done));
    }
    qInfo("shares: %s", qPrintable(shares.join(u' ')));
    QCOMPARE(total, jobCount);
    RawSql raw(t.path());
    QCOMPARE(raw.value(QStringLiteral(
                           "SELECT count(*) FROM jobs WHERE status = 'completed' AND attempts = 1 AND max_attempts = 3 "
                           "AND completed_at IS NOT NULL AND worker_id IS NOT NULL"))
                 .toInt(),
             jobCount);
    QCOMPARE(raw.value(QStringLiteral("SELECT sum(jobs_processed) FROM workers")).toInt(), jobCount);
    // The count of each worker is the number of its jobs.
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM workers w WHERE jobs_processed <> (SELECT count(*) FROM "
                                      "jobs WHERE worker_id = w.id)"))
                 .toInt(),
             0);
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM workers WHERE status = 'dead'")).toInt(), claimers);
}

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 5 && arguments.at(1) == QStringLiteral("--claim"))
        return claimAll(arguments.at(2), arguments.at(3), arguments.at(4).toInt());
    TestClaimRace test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_claimrace.moc"
