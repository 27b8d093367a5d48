// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how idle workers notice new jobs: which of them watches the database, and which are woken. The workers are
// reduced to their CommitWatcher and their claims.
#include "core/store/idleworkers.h"
#include "core/worker/commitwatcher.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <algorithm>
#include <vector>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Polls that never happen in a test.
constexpr std::chrono::hours never{24};

/// The part of a worker that waits for jobs and claims them. It keeps the job.
class WaitingWorker : public QObject
{
public:
    WaitingWorker(QueueTest &test, int number, const char *jobType, milliseconds pollInterval)
        : type(s(jobType))
        , database(*Database::open(test.path(), OpenMode::ReadWrite))
        , queue(*database, test.clock)
        , id(test.worker(s("w%1").arg(number), type))
        , commits(*database, type)
    {
        commits.setPollInterval(pollInterval);
        connect(&commits, &CommitWatcher::committed, this, [this] { look(); });
        commits.setEager(true);
    }

    /// Looks for jobs like WorkerLoop::claim().
    void look()
    {
        ++looks;
        if (!claims)
            return;
        const Result<QList<Job>> claimed = queue.claim(id, type);
        if (!claimed)
            qFatal("%s", qPrintable(claimed.error().message));
        jobs += *claimed;
        if (claimed->isEmpty())
            commits.backOff();
        else
            commits.setBusy(isBrief);
        if (isBrief)
            commits.setEager(true); // the job is done
    }

    const QString type;
    std::unique_ptr<Database> database;
    JobQueue queue;
    const qint64 id;
    CommitWatcher commits;
    bool claims = true; ///< false: like a stopped process, or the worker of a paused pool
    bool isBrief = false; ///< whether its jobs are expected to be brief
    int looks = 0;
    QList<Job> jobs;
};

/// Adds jobs as a program of another system, in a process of its own.
bool addWithSqlite(const QString &path, const char *type)
{
    return QProcess::execute(s("sqlite3"),
                             {path,
                              s("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload)"
                                " VALUES ('%1', 'pending', '', '', '', '{}')")
                                  .arg(s(type))})
        == 0;
}

} // namespace

class TestCommitWatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void jobOfAnotherProgramIsFoundWithoutPolling_data();
    void jobOfAnotherProgramIsFoundWithoutPolling();
    void oneJobWakesOneWorker();
    void everyJobWakesAWorker();
    void commitsWithoutJobsWakeNobody();
    void watcherThatClaimsHandsOver();
    void watcherOfBriefJobsKeepsTheWatch();
    void watcherWhoseJobTakesLongerHandsOver();
    void watcherThatEndsHandsOver();
    void jobDuringTheHandOverIsFound();
    void jobOfAWorkerThatDoesNotClaimGoesToAnother();
    void jobsThatNobodyClaimsDoNotWakeWorkersForever();
    void watcherThatDoesNotShowItselfIsReplaced();
    void damagedFileOnlyDelays_data();
    void damagedFileOnlyDelays();
    void missingTriggersAreRepaired();
    void overwrittenDatabaseIsReportedByAll();
    void withoutTheFileAllWatch();

private:
    WaitingWorker &add(const char *type = "noop", milliseconds pollInterval = never);
    void addMany(int count, const char *type = "noop", milliseconds pollInterval = never);
    [[nodiscard]] int watching() const;
    [[nodiscard]] WaitingWorker *watcher() const;
    [[nodiscard]] qsizetype claimed() const;
    [[nodiscard]] int looks() const;
    /// Waits until all workers have looked for jobs after their start, and resets the counts.
    void settle();

    std::unique_ptr<QueueTest> m_test;
    std::unique_ptr<IdleWorkers> m_shared; ///< to read the number of wake-ups
    std::vector<std::unique_ptr<WaitingWorker>> m_workers;
    quint32 m_wakeUpsBefore = 0;
};

void TestCommitWatcher::init()
{
    m_test = std::make_unique<QueueTest>();
    m_shared = IdleWorkers::open(m_test->db->info().path, s("test"));
    QVERIFY(m_shared);
}

void TestCommitWatcher::cleanup()
{
    m_workers.clear();
    m_shared.reset();
    m_test.reset();
}

WaitingWorker &TestCommitWatcher::add(const char *type, milliseconds pollInterval)
{
    m_workers.push_back(std::make_unique<WaitingWorker>(*m_test, int(m_workers.size()), type, pollInterval));
    return *m_workers.back();
}

void TestCommitWatcher::addMany(int count, const char *type, milliseconds pollInterval)
{
    for (int i = 0; i < count; ++i)
        add(type, pollInterval);
}

int TestCommitWatcher::watching() const
{
    return int(std::count_if(m_workers.cbegin(), m_workers.cend(),
                             [](const auto &worker) { return worker && worker->commits.isWatching(); }));
}

WaitingWorker *TestCommitWatcher::watcher() const
{
    const auto found = std::find_if(m_workers.cbegin(), m_workers.cend(),
                                    [](const auto &worker) { return worker && worker->commits.isWatching(); });
    return found == m_workers.cend() ? nullptr : found->get();
}

qsizetype TestCommitWatcher::claimed() const
{
    qsizetype jobs = 0;
    for (const auto &worker : m_workers)
        jobs += worker->jobs.size();
    return jobs;
}

int TestCommitWatcher::looks() const
{
    int looks = 0;
    for (const auto &worker : m_workers)
        looks += worker->looks;
    return looks;
}

void TestCommitWatcher::settle()
{
    // The looks at the start are events of this thread; the sleeping threads need a moment to sleep.
    constexpr int moment = 100;
    QTest::qWait(moment);
    for (const auto &worker : m_workers)
        worker->looks = 0;
    m_wakeUpsBefore = m_shared->wakeUps();
}

void TestCommitWatcher::jobOfAnotherProgramIsFoundWithoutPolling_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::newRow("type of the watcher") << QByteArray("noop");
    QTest::newRow("type of a sleeping worker") << QByteArray("plantuml");
}

void TestCommitWatcher::jobOfAnotherProgramIsFoundWithoutPolling()
{
    QFETCH(QByteArray, type);
    add("noop");
    add("plantuml");
    QVERIFY(m_workers.front()->commits.isWatching());
    for (int i = 0; i < 5; ++i) {
        QVERIFY(addWithSqlite(m_test->path(), type.constData()));
        EVENTUALLY(claimed() == i + 1);
        for (const auto &worker : m_workers)
            worker->commits.setEager(true); // the job is done
    }
}

void TestCommitWatcher::oneJobWakesOneWorker()
{
    add("noop"); // watches
    addMany(7, "plantuml");
    settle();
    m_test->add(s("plantuml"));
    EVENTUALLY(claimed() == 1);
    QCOMPARE(m_shared->wakeUps() - m_wakeUpsBefore, 1U);
    QCOMPARE(looks(), 1);
    QVERIFY(m_workers.front()->commits.isWatching());
}

void TestCommitWatcher::everyJobWakesAWorker()
{
    add("noop");
    addMany(5, "plantuml");
    settle();
    QVERIFY(m_test->queue->addMany(QList<NewJob>(4, [] {
        NewJob job;
        job.type = s("plantuml");
        return job;
    }())));
    EVENTUALLY(claimed() == 4);
    QVERIFY(m_shared->wakeUps() - m_wakeUpsBefore <= 5); // all, if the machine is slow
}

void TestCommitWatcher::commitsWithoutJobsWakeNobody()
{
    addMany(4);
    settle();
    for (int i = 0; i < 20; ++i)
        m_test->worker(s("other%1").arg(i), s("drawio"));
    m_test->add(s("drawio")); // nobody has this type
    settle();
    QCOMPARE(m_shared->wakeUps(), 0U);
    QCOMPARE(looks(), 0);
    m_test->add();
    EVENTUALLY(claimed() == 1);
}

void TestCommitWatcher::watcherThatClaimsHandsOver()
{
    addMany(3);
    settle();
    for (int jobs = 1; jobs <= 3; ++jobs) {
        WaitingWorker *const before = watcher();
        QVERIFY(before);
        m_test->add();
        EVENTUALLY(claimed() == jobs);
        QCOMPARE(before->jobs.size(), 1);
        EVENTUALLY(watching() == (jobs < 3 ? 1 : 0));
    }
    // Of the claims and the hand-overs, only the latter wake workers.
    QVERIFY(m_shared->wakeUps() - m_wakeUpsBefore <= 2);
    m_workers.front()->commits.setEager(true);
    QCOMPARE(watching(), 1);
}

void TestCommitWatcher::watcherOfBriefJobsKeepsTheWatch()
{
    addMany(3);
    settle();
    WaitingWorker *const before = watcher();
    QVERIFY(before);
    before->isBrief = true;
    for (int jobs = 1; jobs <= 3; ++jobs) {
        m_test->add();
        EVENTUALLY(claimed() == jobs);
        QCOMPARE(watcher(), before);
    }
    QCOMPARE(before->jobs.size(), 3);
    QCOMPARE(m_shared->wakeUps(), m_wakeUpsBefore);
}

void TestCommitWatcher::watcherWhoseJobTakesLongerHandsOver()
{
    addMany(3);
    settle();
    WaitingWorker *const before = watcher();
    QVERIFY(before);
    before->commits.setBusy(true);
    QCOMPARE(watcher(), before);
    EVENTUALLY(watcher() && watcher() != before);
    QCOMPARE(watching(), 1);
    m_test->add();
    EVENTUALLY(claimed() == 1);
    QVERIFY(before->jobs.isEmpty());
}

void TestCommitWatcher::watcherThatEndsHandsOver()
{
    addMany(2, "noop");
    add("plantuml");
    settle();
    m_workers.erase(m_workers.begin());
    EVENTUALLY(watching() == 1);
    m_workers.erase(m_workers.begin());
    EVENTUALLY(watching() == 1); // of another type
    m_test->add(s("plantuml"));
    EVENTUALLY(claimed() == 1);
}

void TestCommitWatcher::jobDuringTheHandOverIsFound()
{
    addMany(2, "noop");
    add("plantuml");
    settle();
    watcher()->commits.setEager(false); // nobody watches until the events of this thread are handled
    QCOMPARE(watching(), 0);
    m_test->add(s("plantuml"));
    EVENTUALLY(claimed() == 1);
}

void TestCommitWatcher::jobOfAWorkerThatDoesNotClaimGoesToAnother()
{
    add("noop");
    addMany(6, "plantuml");
    for (size_t i = 1; i < m_workers.size() - 1; ++i)
        m_workers.at(i)->claims = false;
    settle();
    m_test->add(s("plantuml"));
    EVENTUALLY(claimed() == 1);
    QCOMPARE(m_workers.back()->jobs.size(), 1);
}

void TestCommitWatcher::jobsThatNobodyClaimsDoNotWakeWorkersForever()
{
    add("noop");
    addMany(6, "plantuml");
    for (const auto &worker : m_workers)
        worker->claims = false;
    settle();
    m_test->add(s("plantuml"));
    EVENTUALLY(looks() >= 6);
    // It wakes more and more of them, then all, then no more. Without an end there would be several wake-ups per wait.
    constexpr int muchLongerThanTheRepetitions = 600;
    const auto wakeUpsDuringWait = [this] {
        const quint32 before = m_shared->wakeUps();
        QTest::qWait(muchLongerThanTheRepetitions);
        return m_shared->wakeUps() - before;
    };
    bool hasEnded = false;
    for (int i = 0; i < 5 && !hasEnded; ++i)
        hasEnded = wakeUpsDuringWait() == 0;
    QVERIFY(hasEnded);
}

void TestCommitWatcher::watcherThatDoesNotShowItselfIsReplaced()
{
    QVERIFY(m_shared->watch()); // and never shows itself, like a process that was killed
    constexpr milliseconds interval{50};
    addMany(3, "noop", interval);
    QCOMPARE(watching(), 0);
    EVENTUALLY(watching() == 1);
    QVERIFY(!m_shared->isWatching());
    m_test->add();
    EVENTUALLY(claimed() == 1);
}

void TestCommitWatcher::damagedFileOnlyDelays_data()
{
    QTest::addColumn<char>("byte");
    QTest::newRow("ones") << '\xff';
    QTest::newRow("zeros") << '\0';
    QTest::newRow("text") << 'x';
}

void TestCommitWatcher::damagedFileOnlyDelays()
{
    QFETCH(char, byte);
    constexpr milliseconds interval{250};
    addMany(3, "noop", interval);
    for (int jobs = 1; jobs <= 3; ++jobs) {
        QFile file(m_test->path() + s("-idle"));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QCOMPARE(file.write(QByteArray(int(file.size()), byte)), file.size());
        file.close();
        m_test->add();
        EVENTUALLY(claimed() == jobs);
    }
}

/// A migration of CLM rebuilds the table of jobs, and drops the triggers that count the pending ones.
void TestCommitWatcher::missingTriggersAreRepaired()
{
    add("noop");
    add("plantuml");
    settle();
    RawSql raw(m_test->path());
    QVERIFY(raw.exec(s("BEGIN IMMEDIATE")));
    QVERIFY(raw.exec(s("DROP TRIGGER lifeguard_jobs_inserted")));
    QVERIFY(raw.exec(s("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload) VALUES "
                       "('plantuml', 'pending', '', '', '', '{}')")));
    QVERIFY(raw.exec(s("COMMIT")));
    EVENTUALLY(claimed() == 1);
}

/// A worker that looked for jobs would not find its own row, and mistake that for the work of another program.
void TestCommitWatcher::overwrittenDatabaseIsReportedByAll()
{
    addMany(3);
    settle();
    int reports = 0;
    for (const auto &worker : m_workers)
        connect(&worker->commits, &CommitWatcher::databaseReplaced, this, [&reports] { ++reports; });
    QVERIFY(RawSql(m_test->path()).exec(s("UPDATE lifeguard_database SET generation = generation - 1")));
    EVENTUALLY(reports == 3);
    QCOMPARE(looks(), 0);
}

void TestCommitWatcher::withoutTheFileAllWatch()
{
    m_shared.reset();
    QVERIFY(QDir().mkdir(m_test->path() + s("-idle")));
    addMany(3);
    QCOMPARE(watching(), 0);
    for (int jobs = 1; jobs <= 3; ++jobs) {
        QVERIFY(addWithSqlite(m_test->path(), "noop"));
        EVENTUALLY(claimed() == jobs);
    }
}

QTEST_GUILESS_MAIN(TestCommitWatcher)
#include "tst_commitwatcher.moc"
