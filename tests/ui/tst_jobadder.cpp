// SPDX-License-Identifier: GPL-3.0-or-later
// How jobs get from a plan into the store without holding up the window: in turn, again while it is locked, all or none.
#include "core/model/job.h"
#include "tests/support/threads.h"
#include "tests/support/words.h"
#include "ui/jobadder.h"

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

/// A store that answers when the test says so.
class SlowStore
{
public:
    QFuture<Answer> add(const QList<NewJob> &jobs)
    {
        asked.append(jobs);
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
        for (qsizetype i = 0; i < asked.last().size(); ++i) {
            result.append(i + 1);
        }
        return result;
    }

    QList<QList<NewJob>> asked;
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
    void manyAlike();
    void ofAPlan();
    void oneRequestAfterTheOther();
    void againWhileItIsLocked();
    void errorsAreTold();
    void cancelledBeforeItIsWritten();
    void nothingToAdd();
    void goneWhileItWorks();

private:
    SlowStore m_store;
    std::unique_ptr<JobAdder> m_adder;
};

void TestJobAdder::init()
{
    m_store.asked.clear();
    m_store.promises.clear();
    m_adder = std::make_unique<JobAdder>([this](const QList<NewJob> &jobs) { return m_store.add(jobs); });
}

void TestJobAdder::manyAlike()
{
    QSignalSpy added(m_adder.get(), &JobAdder::added);
    m_adder->add(noop(), 100'000);
    QVERIFY(m_adder->state().active);
    QVERIFY(m_adder->state().notCancellable.isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(m_store.asked.size(), 1, patience);
    QCOMPARE(m_store.asked.first().size(), 100'000);
    QVERIFY(m_store.asked.first().at(0).correlationId != m_store.asked.first().at(1).correlationId);
    QVERIFY2(m_adder->state().active, "it says that it is done before the store has answered");
    QVERIFY2(!m_adder->state().notCancellable.isEmpty(), "offers to cancel what cannot be cancelled any more");
    QVERIFY2(m_adder->state().text.contains(s("100,000")), qPrintable(m_adder->state().text));
    m_store.answer(m_store.ids());
    QTRY_COMPARE_WITH_TIMEOUT(added.size(), 1, patience);
    QCOMPARE(added.first().first().toLongLong(), 100'000);
    EVENTUALLY(!m_adder->state().active);
}

void TestJobAdder::ofAPlan()
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
    PlannedJob bare; // a job without a file
    bare.job = noop();
    bare.job.payload = "{\"sleep_ms\":1}";
    plan.jobs.append(bare);
    m_adder->add(std::make_shared<const JobPlan>(plan), 5);
    QTRY_COMPARE_WITH_TIMEOUT(m_store.asked.size(), 1, patience);
    const QList<NewJob> jobs = m_store.asked.first();
    QCOMPARE(jobs.size(), 3);
    QCOMPARE(jobs.at(1).priority, 5);
    QVERIFY(jobs.at(1).payload.contains("@startuml"));
    QCOMPARE(jobs.at(2).payload, QByteArray("{\"sleep_ms\":1}"));
    QVERIFY(!jobs.at(2).correlationId.isEmpty());
    m_store.answer(m_store.ids());
    EVENTUALLY(!m_adder->state().active);
}

void TestJobAdder::oneRequestAfterTheOther()
{
    m_adder->add(noop(), 1);
    m_adder->add(noop(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(m_store.asked.size(), 1, patience);
    endThreads(); // if the second were being made, it would be asked for now
    QCOMPARE(m_store.asked.size(), 1);
    m_store.answer(m_store.ids());
    QTRY_COMPARE_WITH_TIMEOUT(m_store.asked.size(), 2, patience);
    QCOMPARE(m_store.asked.last().size(), 2);
    m_store.answer(m_store.ids());
    EVENTUALLY(!m_adder->state().active);
}

void TestJobAdder::againWhileItIsLocked()
{
    QSignalSpy errors(m_adder.get(), &JobAdder::errorHappened);
    QSignalSpy added(m_adder.get(), &JobAdder::added);
    m_adder->add(noop(), 3);
    for (int again = 1; again <= 3; ++again) {
        QTRY_COMPARE_WITH_TIMEOUT(m_store.asked.size(), again, patience);
        m_store.answer(failure(ErrorCode::Busy, s("locked")));
    }
    QTRY_COMPARE_WITH_TIMEOUT(m_store.asked.size(), 4, patience);
    QCOMPARE(m_store.asked.last().size(), 3);
    m_store.answer(m_store.ids());
    QTRY_COMPARE_WITH_TIMEOUT(added.size(), 1, patience);
    QCOMPARE(errors.size(), 0);
}

void TestJobAdder::errorsAreTold()
{
    QSignalSpy errors(m_adder.get(), &JobAdder::errorHappened);
    m_adder->add(noop(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(m_store.asked.size(), 1, patience);
    m_store.answer(failure(ErrorCode::DiskFull, s("full")));
    QTRY_COMPARE_WITH_TIMEOUT(errors.size(), 1, patience);
    QCOMPARE(errors.first().first().value<Error>().message, s("full"));
    EVENTUALLY(!m_adder->state().active);

    // A file that is gone by then: it is named, and none of the others is added.
    JobPlan plan;
    plan.jobs.resize(1);
    plan.jobs[0].job.type = s("plantuml");
    plan.jobs[0].job.inputFile = s("/no/such/diagram.puml");
    m_adder->add(std::make_shared<const JobPlan>(plan));
    QTRY_COMPARE_WITH_TIMEOUT(errors.size(), 2, patience);
    QVERIFY(errors.at(1).first().value<Error>().message.contains(s("/no/such/diagram.puml")));
    QCOMPARE(m_store.asked.size(), 1);
}

void TestJobAdder::cancelledBeforeItIsWritten()
{
    QSignalSpy errors(m_adder.get(), &JobAdder::errorHappened);
    m_adder->add(noop(), 1'000'000);
    m_adder->add(noop(), 2);
    m_adder->cancel();
    EVENTUALLY(!m_adder->state().active);
    QVERIFY(m_store.asked.isEmpty());
    QCOMPARE(errors.size(), 0); // asked for, so no error
    m_adder->add(noop(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(m_store.asked.size(), 1, patience);
    QCOMPARE(m_store.asked.first().size(), 2);
}

void TestJobAdder::nothingToAdd()
{
    m_adder->add(std::make_shared<const JobPlan>());
    m_adder->add(nullptr);
    QVERIFY(!m_adder->state().active);
}

void TestJobAdder::goneWhileItWorks()
{
    m_adder->add(noop(), 500'000);
    m_adder.reset();
    endThreads(); // what is made by now finds nobody
    QVERIFY(m_store.asked.isEmpty());
}

QTEST_GUILESS_MAIN(TestJobAdder)
#include "tst_jobadder.moc"
