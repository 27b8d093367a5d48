// SPDX-License-Identifier: GPL-3.0-or-later
// Tests submissions (their counts and their ends), running finished jobs again, and moving jobs to the front.
#include "core/store/jobprioritizer.h"
#include "core/store/submissions.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QTest>

#include <limits>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

NewJob noop(int priority = 0)
{
    NewJob job;
    job.type = s("noop");
    job.priority = priority;
    return job;
}

/// Adds noop jobs as one submission and returns their ids.
QList<qint64> submit(QueueTest &t, int count, const QString &title = s("slides"))
{
    return t.queue->addMany(QList<NewJob>(count, noop()), NewSubmission{title, s("anna")}).value_or(QList<qint64>());
}

Submission newest(QueueTest &t)
{
    const auto list = Submissions(*t.db, t.clock).list(1);
    return list && !list->isEmpty() ? list->first() : Submission();
}

/// Returns the ids of the jobs of a type in the order in which workers claim them.
QList<qint64> claimOrder(QueueTest &t, int count)
{
    const auto jobs = t.queue->claim(t.worker(), s("noop"), count);
    QList<qint64> ids;
    for (const Job &job : jobs.value_or(QList<Job>()))
        ids.append(job.id);
    return ids;
}

} // namespace

class TestSubmissions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jobsBelongToTheirSubmission();
    void countsFollowEachChange();
    void submissionEndsOnce();
    void submissionThatEndsMeanwhileEndsOnce();
    void submissionOfManyTransactionsDoesNotEndEarly();
    void retryOpensTheSubmissionAgain();
    void deletedJobsStayInTheCounts();
    void removedPendingJobsLeaveTheSubmission();
    void countsAreRepairedAfterTriggersWereDropped();
    void filterBySubmission();
    void rerunResetsFinishedJobs();
    void rerunBypassesTheCacheIfRequested();
    void forcingAForeignJobDoesNotMakeItOurs();
    void limitOfAJobIsKept();
    void unusableLimitsAreIgnored_data();
    void unusableLimitsAreIgnored();
    void rerunOfMatchingJobs();
    void prioritizedJobsComeFirst();
    void prioritizingKeepsTheOrder();
    void prioritizingMatchingJobs();
    void prioritizingDoesNotOverflow();
};

void TestSubmissions::jobsBelongToTheirSubmission()
{
    QueueTest t;
    QCOMPARE(submit(t, 3).size(), 3);
    const Submission submission = newest(t);
    QCOMPARE(submission.title, s("slides"));
    QCOMPARE(submission.submitter, s("anna"));
    QCOMPARE(submission.total, 3);
    QCOMPARE(submission.open(), 3);
    QVERIFY(submission.submittedAt.isValid());
    QCOMPARE(RawSql(t.path()).value(s("SELECT count(*) FROM lifeguard_jobs WHERE submission_id = ?"), {submission.id}),
             3);
    t.add(); // without a submission, but added by Lifeguard
    QCOMPARE(RawSql(t.path()).value(s("SELECT count(*) FROM lifeguard_jobs WHERE submission_id IS NULL")), 1);
    QCOMPARE(Submissions(*t.db, t.clock).submission(submission.id)->total, 3);
    QCOMPARE(Submissions(*t.db, t.clock).submission(99).error().code, ErrorCode::NotFound);
}

void TestSubmissions::countsFollowEachChange()
{
    QueueTest t;
    const QList<qint64> ids = submit(t, 4);
    const qint64 worker = t.worker();
    QVERIFY(t.queue->acknowledge(t.claimOne(worker).lease(), 1));
    QVERIFY(t.queue->fail(t.claimOne(worker).lease(), s("broken"), {}));
    QCOMPARE(t.queue->cancel({ids.at(2)}, s("anna")).value_or(0), 1);
    Submission submission = newest(t);
    QCOMPARE(submission.completed, 1);
    QCOMPARE(submission.failed, 1);
    QCOMPARE(submission.cancelled, 1);
    QCOMPARE(submission.open(), 1);
    QCOMPARE(submission.counts().englishText(), s("1 of 4 jobs done, 1 failed, 1 cancelled"));
    QCOMPARE(t.queue->retry({ids.at(1), ids.at(2)}).value_or(0), 2);
    submission = newest(t);
    QCOMPARE(submission.failed, 0);
    QCOMPARE(submission.open(), 3);
}

void TestSubmissions::submissionEndsOnce()
{
    QueueTest t;
    submit(t, 2);
    const qint64 worker = t.worker();
    Submissions submissions(*t.db, t.clock);
    QVERIFY(t.queue->acknowledge(t.claimOne(worker).lease(), 1));
    QVERIFY(submissions.end()->isEmpty());
    QVERIFY(t.queue->acknowledge(t.claimOne(worker).lease(), 1));
    const auto ended = submissions.end();
    QCOMPARE(ended->size(), 1);
    QCOMPARE(ended->first().endedAt, t.clock.utcNow());
    QVERIFY(submissions.end()->isEmpty());
    QVERIFY(newest(t).endedAt.isValid());
    const QStringList events = RawSql(t.path()).column(
        s("SELECT message FROM lifeguard_events WHERE kind = 'submission_ended'"));
    QCOMPARE(events, QStringList{s("The submission 'slides' has ended: 2 of 2 jobs done.")});
}

/// The jobs of the first transaction may all end before the second one is written.
/// Another manager marks the submission after this one has found it.
void TestSubmissions::submissionThatEndsMeanwhileEndsOnce()
{
    QueueTest t;
    submit(t, 1);
    QVERIFY(t.queue->acknowledge(t.claimOne(t.worker()).lease(), 1));
    auto database = Database::open(t.path(), OpenMode::ReadWrite);
    QVERIFY(database);
    Submissions other(**database, t.clock);
    int asked = 0;
    const auto ended = Submissions(*t.db, t.clock).end([&](const Submission &) {
        if (asked++ == 0)
            [&] { QCOMPARE(other.end()->size(), 1); }();
        return true;
    });
    QVERIFY(ended && ended->isEmpty());
    QCOMPARE(RawSql(t.path()).value(s("SELECT count(*) FROM lifeguard_events WHERE kind = 'submission_ended'")).toInt(),
             1);
}

void TestSubmissions::submissionOfManyTransactionsDoesNotEndEarly()
{
    QueueTest t;
    NewJob large = noop();
    large.payload = QByteArray(5'000'000, 'x');
    const auto ids = t.queue->addMany({large, large, large}, NewSubmission{s("large"), s("anna")});
    QCOMPARE(ids->size(), 3);
    QCOMPARE(newest(t).total, 3);
    QCOMPARE(RawSql(t.path()).value(s("SELECT count(DISTINCT submission_id) FROM lifeguard_jobs")), 1);
}

void TestSubmissions::retryOpensTheSubmissionAgain()
{
    QueueTest t;
    const QList<qint64> ids = submit(t, 1);
    QVERIFY(t.queue->fail(t.claimOne(t.worker()).lease(), s("broken"), {}));
    QCOMPARE(Submissions(*t.db, t.clock).end()->size(), 1);
    QCOMPARE(t.queue->retry(ids).value_or(0), 1);
    QVERIFY(!newest(t).endedAt.isValid());
    QVERIFY(Submissions(*t.db, t.clock).end()->isEmpty());
    QVERIFY(t.queue->acknowledge(t.claimOne(t.worker(s("direct-noop-1-bbbbbbbb"))).lease(), 1));
    QCOMPARE(Submissions(*t.db, t.clock).end()->size(), 1);
}

void TestSubmissions::deletedJobsStayInTheCounts()
{
    QueueTest t;
    const QList<qint64> ids = submit(t, 2);
    QVERIFY(t.queue->acknowledge(t.claimOne(t.worker()).lease(), 1));
    RawSql raw(t.path());
    QVERIFY(raw.exec(s("DELETE FROM jobs WHERE id = ?"), {ids.first()}));
    QCOMPARE(newest(t).total, 2);
    QCOMPARE(newest(t).completed, 1);
    QCOMPARE(raw.value(s("SELECT count(*) FROM lifeguard_jobs")), 1);
}

void TestSubmissions::removedPendingJobsLeaveTheSubmission()
{
    QueueTest t;
    const QList<qint64> ids = submit(t, 2);
    QVERIFY(t.queue->acknowledge(t.claimOne(t.worker()).lease(), 1));
    QVERIFY(RawSql(t.path()).exec(s("DELETE FROM jobs WHERE id = ?"), {ids.last()}));
    QCOMPARE(newest(t).total, 1);
    QCOMPARE(Submissions(*t.db, t.clock).end()->size(), 1);
}

void TestSubmissions::countsAreRepairedAfterTriggersWereDropped()
{
    QueueTest t;
    submit(t, 2);
    RawSql raw(t.path());
    QVERIFY(t.db->repairSchema());
    QVERIFY(raw.exec(s("DROP TRIGGER lifeguard_jobs_of_submission_changed")));
    QVERIFY(raw.exec(s("UPDATE jobs SET status = 'completed' WHERE id = 1")));
    QCOMPARE(newest(t).completed, 0);
    QVERIFY(t.db->repairSchema());
    QCOMPARE(newest(t).completed, 1);
    QVERIFY(raw.exec(s("UPDATE jobs SET status = 'completed' WHERE id = 2")));
    QCOMPARE(newest(t).completed, 2);
}

void TestSubmissions::filterBySubmission()
{
    QueueTest t;
    submit(t, 2);
    const QList<qint64> second = submit(t, 3, s("notes"));
    JobFilter filter;
    filter.submission = newest(t).id;
    QCOMPARE(t.reader->list(filter)->size(), 3);
    QCOMPARE(t.matching->cancel(filter, s("anna"), 0, 100)->changed, 3);
    QCOMPARE(t.job(second.first()).status, JobStatus::Cancelled);
    QCOMPARE(t.job(1).status, JobStatus::Pending);
}

void TestSubmissions::rerunResetsFinishedJobs()
{
    QueueTest t;
    const QList<qint64> ids = submit(t, 3);
    const qint64 worker = t.worker();
    QVERIFY(t.queue->acknowledge(t.claimOne(worker).lease(), 1));
    QVERIFY(t.queue->fail(t.claimOne(worker).lease(), s("broken"), {}));
    QVERIFY(RawSql(t.path()).exec(s("UPDATE jobs SET result = '{}' WHERE id = ?"), {ids.first()}));
    QCOMPARE(t.queue->rerun(ids, false).value_or(0), 2);
    const Job completed = t.job(ids.first());
    QCOMPARE(completed.status, JobStatus::Pending);
    QVERIFY(!completed.completedAt.isValid() && !completed.startedAt.isValid());
    QCOMPARE(completed.workerId, 0);
    QCOMPARE(completed.attempts, 1); // only grows
    QCOMPARE(completed.maxAttempts, 4);
    QVERIFY(RawSql(t.path()).value(s("SELECT result FROM jobs WHERE id = ?"), {ids.first()}).isNull());
    QVERIFY(t.job(ids.at(1)).error.isEmpty());
    QCOMPARE(newest(t).open(), 3);
}

void TestSubmissions::rerunBypassesTheCacheIfRequested()
{
    QueueTest t;
    const qint64 id = t.add();
    const qint64 worker = t.worker();
    Job job = t.claimOne(worker);
    QVERIFY(!job.isForced);
    QVERIFY(t.queue->acknowledge(job.lease(), 1));
    QCOMPARE(t.queue->rerun({id}, true).value_or(0), 1);
    job = t.claimOne(worker);
    QVERIFY(job.isForced);
    QVERIFY(t.queue->acknowledge(job.lease(), 1));
    QCOMPARE(t.queue->rerun({id}, false).value_or(0), 1);
    QVERIFY(!t.claimOne(worker).isForced);
    NewJob forced = noop();
    forced.isForced = true;
    QVERIFY(t.queue->add(forced));
    QVERIFY(t.claimOne(worker).isForced);
}

void TestSubmissions::forcingAForeignJobDoesNotMakeItOurs()
{
    QueueTest t;
    RawSql raw(t.path());
    QVERIFY(raw.exec(s("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload) "
                       "VALUES ('noop', 'completed', '', '', '', '{}')")));
    QCOMPARE(t.queue->rerun({1}, true).value_or(0), 1);
    QCOMPARE(raw.value(s("SELECT is_foreign FROM lifeguard_jobs WHERE job_id = 1")), 1);
    QVERIFY(t.claimOne(t.worker()).isForced);
}

/// Each way to run a job again keeps its max_job_time.
void TestSubmissions::limitOfAJobIsKept()
{
    QueueTest t;
    NewJob limited = noop();
    limited.maxJobTime = seconds(5400);
    const qint64 id = t.queue->add(limited).value_or(0);
    QCOMPARE(t.job(id).maxJobTime, std::optional(seconds(5400)));
    const qint64 worker = t.worker();
    const auto claim = [&] {
        const Job job = t.claimOne(worker);
        QCOMPARE(job.maxJobTime, std::optional(seconds(5400)));
        QCOMPARE(t.reader->running()->first().maxJobTime, job.maxJobTime);
    };
    claim();
    QVERIFY(t.queue->giveBack(t.job(id).lease()));
    claim();
    QCOMPARE(t.interrupted->returnJobsOf(worker, {id, true, Message("job_worker_gone")})->size(), 1);
    claim();
    QVERIFY(t.queue->fail(t.job(id).lease(), s("error"), {}));
    QCOMPARE(t.queue->retry({id}).value_or(0), 1);
    claim();
    QVERIFY(t.queue->acknowledge(t.job(id).lease(), 1));
    for (const bool isForced : {true, false}) {
        QCOMPARE(t.queue->rerun({id}, isForced).value_or(0), 1);
        claim();
        QVERIFY(t.queue->acknowledge(t.job(id).lease(), 1));
    }
    QCOMPARE(t.matching->rerun({}, true, 0, 10)->changed, 1);
    claim();
    QVERIFY(!t.job(t.add()).maxJobTime);
}

void TestSubmissions::unusableLimitsAreIgnored_data()
{
    QTest::addColumn<QVariant>("stored");
    QTest::newRow("zero") << QVariant(0);
    QTest::newRow("negative") << QVariant(-5);
    QTest::newRow("longer than a timer can wait") << QVariant(25LL * 24 * 3600);
    QTest::newRow("huge") << QVariant(std::numeric_limits<qint64>::max());
    QTest::newRow("text") << QVariant(s("soon"));
    QTest::newRow("no value") << QVariant();
}

/// Any program can write into the table.
void TestSubmissions::unusableLimitsAreIgnored()
{
    QFETCH(QVariant, stored);
    QueueTest t;
    const qint64 id = t.add();
    QVERIFY(RawSql(t.path()).exec(s("UPDATE lifeguard_jobs SET max_job_time = ?"), {stored}));
    QVERIFY(!t.job(id).maxJobTime);
    QVERIFY(!t.claimOne(t.worker()).maxJobTime);
    QVERIFY(!t.reader->running()->first().maxJobTime);
}

void TestSubmissions::rerunOfMatchingJobs()
{
    QueueTest t;
    submit(t, 5);
    const qint64 worker = t.worker();
    for (int i = 0; i < 4; ++i)
        QVERIFY(t.queue->acknowledge(t.claimOne(worker).lease(), 1));
    JobFilter filter;
    filter.status = JobStatus::Completed;
    Result<JobChunk> chunk = t.matching->rerun(filter, true, 0, 3);
    QCOMPARE(chunk->changed, 3);
    QVERIFY(chunk->more);
    chunk = t.matching->rerun(filter, true, chunk->last, 3);
    QCOMPARE(chunk->changed, 1);
    QVERIFY(!chunk->more);
    QCOMPARE(RawSql(t.path()).value(s("SELECT count(*) FROM lifeguard_jobs WHERE is_forced")), 4);
}

void TestSubmissions::prioritizedJobsComeFirst()
{
    QueueTest t;
    const qint64 first = t.add(s("noop"), 5);
    const qint64 second = t.add();
    const qint64 third = t.add();
    t.add(s("other"), 100); // another type does not matter
    JobPrioritizer prioritizer(*t.db);
    const auto plan = prioritizer.plan(QList<qint64>{third, 99});
    QCOMPARE(plan->size(), 1);
    QCOMPARE(plan->first().priority, 6);
    qsizetype next = 0;
    QCOMPARE(prioritizer.apply(*plan, next, 100).value_or(0), 1);
    QCOMPARE(claimOrder(t, 3), (QList<qint64>{third, first, second}));
}

void TestSubmissions::prioritizingKeepsTheOrder()
{
    QueueTest t;
    const qint64 a = t.add(s("noop"), 1);
    const qint64 b = t.add(s("noop"), 3);
    const qint64 c = t.add(s("noop"), 3);
    const qint64 front = t.add(s("noop"), 10);
    JobPrioritizer prioritizer(*t.db);
    const auto plan = prioritizer.plan(QList<qint64>{a, c, b});
    qsizetype next = 0;
    QCOMPARE(prioritizer.apply(*plan, next, 2).value_or(0), 2); // in two transactions
    QCOMPARE(prioritizer.apply(*plan, next, 2).value_or(0), 1);
    QCOMPARE(next, 3);
    QCOMPARE(claimOrder(t, 4), (QList<qint64>{b, c, a, front}));
}

void TestSubmissions::prioritizingMatchingJobs()
{
    QueueTest t;
    submit(t, 2);
    const QList<qint64> second = submit(t, 2, s("notes"));
    JobFilter filter;
    filter.submission = newest(t).id;
    JobPrioritizer prioritizer(*t.db);
    const auto plan = prioritizer.plan(filter);
    QCOMPARE(plan->size(), 2);
    qsizetype next = 0;
    QCOMPARE(prioritizer.apply(*plan, next, 100).value_or(0), 2);
    QCOMPARE(claimOrder(t, 2), second);
}

void TestSubmissions::prioritizingDoesNotOverflow()
{
    QueueTest t;
    t.add(s("noop"), std::numeric_limits<int>::max());
    const qint64 id = t.add();
    const auto plan = JobPrioritizer(*t.db).plan(QList<qint64>{id});
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(plan.error().message.contains(s("noop")), qPrintable(plan.error().message));
}

QTEST_GUILESS_MAIN(TestSubmissions)
#include "tst_submissions.moc"
