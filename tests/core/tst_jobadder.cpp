// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that JobAdder adds the jobs of each request completely or not at all, processes requests in order, and retries
// while the database is locked.
#include "core/model/job.h"
#include "core/submit/jobadder.h"
#include "tests/support/testhelpers.h"
#include "tests/support/threads.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QPromise>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

using Answer = Result<QList<qint64>>;

/// Stands in for the store: records the jobs of each call and finishes the call when the test provides the answer.
class FakeStore
{
public:
    QFuture<Answer> add(const QList<NewJob> &jobs)
    {
        calls.append(jobs);
        promises.push_back(std::make_unique<QPromise<Answer>>());
        promises.back()->start();
        return promises.back()->future();
    }
    void answer(const Answer &answer)
    {
        promises.back()->addResult(answer);
        promises.back()->finish();
    }
    QList<qint64> ids() const
    {
        QList<qint64> result;
        for (qsizetype i = 0; i < calls.last().size(); ++i) {
            result.append(i + 1);
        }
        return result;
    }

    QList<QList<NewJob>> calls;
    std::vector<std::unique_ptr<QPromise<Answer>>> promises;
};

NewJob noop()
{
    NewJob job;
    job.type = s("noop");
    job.payload = "{}";
    return job;
}

} // namespace

class TestJobAdder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void addsCopiesOfAJob();
    void addsTheJobsOfAPlan();
    void processesRequestsInOrder();
    void retriesWhileTheDatabaseIsLocked();
    void reportsErrors();
    void cancelsBeforeWriting();
    void ignoresEmptyPlans();
    void canBeDestroyedWhileWorking();

private:
    FakeStore m_store;
    QList<NewSubmission> m_submissions;
    std::unique_ptr<JobAdder> m_adder;
};

void TestJobAdder::init()
{
    m_submissions.clear();
    m_store.calls.clear();
    m_store.promises.clear();
    m_adder = std::make_unique<JobAdder>([this](const QList<NewJob> &jobs, const NewSubmission &submission) {
        m_submissions.append(submission);
        return m_store.add(jobs);
    });
}

void TestJobAdder::addsCopiesOfAJob()
{
    QSignalSpy added(m_adder.get(), &JobAdder::added);
    m_adder->add(noop(), 100'000);
    QVERIFY(m_adder->state().active);
    QVERIFY(m_adder->state().notCancellable.isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(m_store.calls.size(), 1, patience);
    QCOMPARE(m_store.calls.first().size(), 100'000);
    QVERIFY(m_store.calls.first().at(0).correlationId != m_store.calls.first().at(1).correlationId);
    QVERIFY2(m_adder->state().active, "adding ended before the store answered");
    QVERIFY2(!m_adder->state().notCancellable.isEmpty(), "jobs that are being written are offered for cancellation");
    QVERIFY2(m_adder->state().text.contains(s("100,000")), qPrintable(m_adder->state().text));
    m_store.answer(m_store.ids());
    QTRY_COMPARE_WITH_TIMEOUT(added.size(), 1, patience);
    QCOMPARE(added.first().first().toLongLong(), 100'000);
    EVENTUALLY(!m_adder->state().active);
}

void TestJobAdder::addsTheJobsOfAPlan()
{
    QTemporaryDir folder;
    JobPlan plan;
    for (const char *name : {"a.puml", "b.puml"}) {
        QFile file(folder.filePath(s(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("@startuml\n@enduml\n");
        PlannedJob planned;
        planned.job.type = s("plantuml");
        planned.job.inputFile = planned.source = file.fileName();
        planned.job.outputFile = file.fileName() + s(".png");
        plan.jobs.append(planned);
    }
    PlannedJob fileless;
    fileless.job = noop();
    fileless.job.payload = "{\"sleep_ms\":1}";
    plan.jobs.append(fileless);
    m_adder->add(std::make_shared<const JobPlan>(plan), 5, true);
    QTRY_COMPARE_WITH_TIMEOUT(m_store.calls.size(), 1, patience);
    const QList<NewJob> jobs = m_store.calls.first();
    QCOMPARE(jobs.size(), 3);
    QCOMPARE(jobs.at(1).priority, 5);
    QVERIFY(jobs.at(1).isForced);
    QCOMPARE(m_submissions.first().title, s("a.puml"));
    QVERIFY(!m_submissions.first().submitter.isEmpty());
    QVERIFY(jobs.at(1).payload.contains("@startuml"));
    QCOMPARE(jobs.at(2).payload, QByteArray("{\"sleep_ms\":1}"));
    QVERIFY(!jobs.at(2).correlationId.isEmpty());
    m_store.answer(m_store.ids());
    EVENTUALLY(!m_adder->state().active);
}

void TestJobAdder::processesRequestsInOrder()
{
    m_adder->add(noop(), 1);
    m_adder->add(noop(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(m_store.calls.size(), 1, patience);
    endThreads(); // a second request processed at the same time would reach the store now
    QCOMPARE(m_store.calls.size(), 1);
    m_store.answer(m_store.ids());
    QTRY_COMPARE_WITH_TIMEOUT(m_store.calls.size(), 2, patience);
    QCOMPARE(m_store.calls.last().size(), 2);
    m_store.answer(m_store.ids());
    EVENTUALLY(!m_adder->state().active);
}

void TestJobAdder::retriesWhileTheDatabaseIsLocked()
{
    QSignalSpy errors(m_adder.get(), &JobAdder::errorHappened);
    QSignalSpy added(m_adder.get(), &JobAdder::added);
    m_adder->add(noop(), 3);
    for (int attempt = 1; attempt <= 3; ++attempt) {
        QTRY_COMPARE_WITH_TIMEOUT(m_store.calls.size(), attempt, patience);
        m_store.answer(failure(ErrorCode::Busy, s("locked")));
    }
    QTRY_COMPARE_WITH_TIMEOUT(m_store.calls.size(), 4, patience);
    QCOMPARE(m_store.calls.last().size(), 3);
    m_store.answer(m_store.ids());
    QTRY_COMPARE_WITH_TIMEOUT(added.size(), 1, patience);
    QCOMPARE(errors.size(), 0);
}

void TestJobAdder::reportsErrors()
{
    QSignalSpy errors(m_adder.get(), &JobAdder::errorHappened);
    m_adder->add(noop(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(m_store.calls.size(), 1, patience);
    m_store.answer(failure(ErrorCode::DiskFull, s("full")));
    QTRY_COMPARE_WITH_TIMEOUT(errors.size(), 1, patience);
    QCOMPARE(errors.first().first().value<Error>().message, s("full"));
    EVENTUALLY(!m_adder->state().active);

    // An input file that no longer exists: the error names it, and no job of the plan is added.
    JobPlan plan;
    plan.jobs.resize(1);
    plan.jobs[0].job.type = s("plantuml");
    plan.jobs[0].job.inputFile = s("/no/such/diagram.puml");
    m_adder->add(std::make_shared<const JobPlan>(plan));
    QTRY_COMPARE_WITH_TIMEOUT(errors.size(), 2, patience);
    QVERIFY(errors.at(1).first().value<Error>().message.contains(s("/no/such/diagram.puml")));
    QCOMPARE(m_store.calls.size(), 1);
}

void TestJobAdder::cancelsBeforeWriting()
{
    QSignalSpy errors(m_adder.get(), &JobAdder::errorHappened);
    m_adder->add(noop(), 1'000'000);
    m_adder->add(noop(), 2);
    m_adder->cancel();
    EVENTUALLY(!m_adder->state().active);
    QVERIFY(m_store.calls.isEmpty());
    QCOMPARE(errors.size(), 0); // a cancellation is not an error
    m_adder->add(noop(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(m_store.calls.size(), 1, patience);
    QCOMPARE(m_store.calls.first().size(), 2);
}

void TestJobAdder::ignoresEmptyPlans()
{
    m_adder->add(std::make_shared<const JobPlan>());
    m_adder->add(nullptr);
    QVERIFY(!m_adder->state().active);
}

void TestJobAdder::canBeDestroyedWhileWorking()
{
    m_adder->add(noop(), 500'000);
    m_adder.reset();
    endThreads(); // the jobs prepared by then are discarded
    QVERIFY(m_store.calls.isEmpty());
}

QTEST_GUILESS_MAIN(TestJobAdder)
#include "tst_jobadder.moc"
