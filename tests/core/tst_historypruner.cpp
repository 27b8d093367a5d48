// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the manager that deletes history: the consent that an old database needs, the lease of the manager that
// deletes, and its pass over all kinds.
#include "core/pool/historyplan.h"
#include "core/pool/historypruner.h"
#include "core/store/eventlog.h"
#include "core/store/resultscache.h"
#include "core/store/retention.h"
#include "core/store/retentionstate.h"
#include "core/store/store.h"
#include "core/store/submissions.h"
#include "tests/support/history.h"
#include "tests/support/manualscheduler.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "tests/support/waiting.h"

#include <QSignalSpy>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestHistoryPruner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void planLeavesOutWhatIsKeptForever();
    void newDatabasesNeedNoConsent();
    void oldDatabasesNeedConsent();
    void oneManagerAtATimeHasTheLease();
    void managerDeletesAllKinds();
    void managerAnnouncesTheFirstDeletion();
    void configuredTimesApplyToOtherManagers();
    void managerReportsEndsOfSubmissions();
    void managerWithoutAHookIsPatient();
};

void TestHistoryPruner::planLeavesOutWhatIsKeptForever()
{
    RetentionConfig config;
    const QDateTime now = ManualClock().utcNow();
    QCOMPARE(expiredHistory(config, now).size(), historyKinds().size());
    config.failed.reset();
    config.foreignJobs = true;
    for (const HistorySelection &selection : expiredHistory(config, now)) {
        QVERIFY(selection.kind != HistoryKind::FailedJobs && selection.kind != HistoryKind::CancelledJobs);
        QVERIFY(selection.includesForeign);
        if (selection.kind == HistoryKind::CompletedJobs)
            QCOMPARE(selection.before, now.addDays(-14));
    }
}

void TestHistoryPruner::newDatabasesNeedNoConsent()
{
    QueueTest t;
    QCOMPARE(RetentionState(*t.db, t.clock).state()->consent, RetentionState::Consent::Given);
}

void TestHistoryPruner::oldDatabasesNeedConsent()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(s("old.db"));
    RawSql(path).script(clxVersion1()
                        + s("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload) "
                            "VALUES ('noop', 'completed', '', '', '', '{}');"));
    ManualClock clock;
    const auto db = Database::open(path, OpenMode::ReadWrite);
    QVERIFY2(db, db ? "" : qPrintable(db.error().message));
    RetentionState retention(**db, clock);
    QCOMPARE(retention.state()->consent, RetentionState::Consent::Needed);
    QVERIFY(!retention.state()->begins.isValid());
    const QDateTime begins = retention.announce().value_or(QDateTime());
    QCOMPARE(begins, clock.utcNow().addSecs(RetentionState::notice.count()));
    QCOMPARE(*retention.state(), (RetentionState::State{RetentionState::Consent::Announced, begins}));
    clock.advance(seconds(60));
    QCOMPARE(retention.announce().value_or(QDateTime()), begins); // announced once
    QCOMPARE(RawSql(path).value(s("SELECT count(*) FROM lifeguard_events WHERE kind = 'pruning_announced'")), 1);
    QVERIFY(retention.consent());
    QCOMPARE(retention.state()->consent, RetentionState::Consent::Given);
}

void TestHistoryPruner::oneManagerAtATimeHasTheLease()
{
    QueueTest t;
    RetentionState retention(*t.db, t.clock);
    QVERIFY(*retention.takeLease(s("a")));
    QVERIFY(*retention.takeLease(s("a")));
    QVERIFY(!*retention.takeLease(s("b")));
    QVERIFY(retention.releaseLease(s("b"))); // not its own
    QVERIFY(!*retention.takeLease(s("b")));
    QVERIFY(retention.releaseLease(s("a")));
    QVERIFY(*retention.takeLease(s("b")));
    t.clock.advance(RetentionState::leaseTime + seconds(1)); // b has ended without releasing it
    QVERIFY(*retention.takeLease(s("a")));
    t.clock.setClock(-std::chrono::hours(30 * 24)); // a lease that was written before the clock was set back
    QVERIFY(*retention.takeLease(s("b")));
}

void TestHistoryPruner::managerDeletesAllKinds()
{
    QueueTest t;
    addEnded(t, s("completed"), 15, 700);
    addEnded(t, s("failed"), 61, 1);
    addEnded(t, s("cancelled"), 61, 1);
    addEnded(t, s("completed"), 400, 5, true);
    addEnded(t, s("failed"), 15, 1);
    ManualScheduler scheduler(t.clock);
    Store store;
    const auto opened = store.open(t.path(), OpenMode::ReadWrite);
    QVERIFY(waitUntil([&] { return opened.isFinished(); }));
    HistoryPruner pruner(store, t.clock, scheduler, {}, s("m"), {});
    QSignalSpy ended(&pruner, &HistoryPruner::passEnded);
    QSignalSpy events(&pruner, &HistoryPruner::eventHappened);
    pruner.start();
    scheduler.advance(HistoryPruner::firstPassAfter);
    QVERIFY(waitUntil([&] {
        scheduler.advance(milliseconds(100));
        return !ended.isEmpty();
    }));
    QCOMPARE(ended.first().first().toLongLong(), 702);
    QCOMPARE(countJobs(t), 6);
    QCOMPARE(events.size(), 1);
    QCOMPARE(events.first().first().value<Event>().message.englishText(), s("Old history was deleted: 702 jobs."));
    QVERIFY(pruner.longestHold().count() > 0);
    // Another manager can delete now, and the next pass finds what has expired since.
    QVERIFY(*RetentionState(*t.db, t.clock).takeLease(s("other")));
    addEnded(t, s("completed"), 14, 1);
    scheduler.advance(HistoryPruner::interval);
    QVERIFY(waitUntil([&] {
        scheduler.advance(milliseconds(100));
        return ended.size() == 2;
    }));
    QCOMPARE(ended.last().first().toLongLong(), 1);
    QCOMPARE(countJobs(t), 6);
}

void TestHistoryPruner::managerAnnouncesTheFirstDeletion()
{
    QueueTest t;
    QVERIFY(
        RawSql(t.path()).exec(s("UPDATE lifeguard_settings SET value = 'needed' WHERE name = 'retention_consent'")));
    addEnded(t, s("completed"), 15, 1);
    ManualScheduler scheduler(t.clock);
    Store store;
    const auto opened = store.open(t.path(), OpenMode::ReadWrite);
    QVERIFY(waitUntil([&] { return opened.isFinished(); }));
    HistoryPruner pruner(store, t.clock, scheduler, {}, s("m"), {});
    QSignalSpy ended(&pruner, &HistoryPruner::passEnded);
    QSignalSpy events(&pruner, &HistoryPruner::eventHappened);
    pruner.start();
    const auto pass = [&](milliseconds after) {
        const qsizetype before = ended.size();
        scheduler.advance(after);
        return waitUntil([&] {
            scheduler.advance(milliseconds(100));
            return ended.size() > before;
        });
    };
    QVERIFY(pass(HistoryPruner::firstPassAfter));
    QCOMPARE(events.size(), 1);
    QCOMPARE(events.first().first().value<Event>().kind, EventKind::PruningAnnounced);
    QCOMPARE(countJobs(t), 1);
    QVERIFY(pass(HistoryPruner::interval));
    QCOMPARE(events.size(), 1);
    QCOMPARE(countJobs(t), 1);
    t.clock.advance(RetentionState::notice);
    QVERIFY(pass(HistoryPruner::interval));
    EVENTUALLY((scheduler.advance(milliseconds(100)), countJobs(t) == 0));
}

/// A window without a configuration must not delete what the configuration of a server keeps.
void TestHistoryPruner::configuredTimesApplyToOtherManagers()
{
    QueueTest t;
    addEnded(t, s("completed"), 15, 2);
    addEnded(t, s("failed"), 61, 1);
    ManualScheduler scheduler(t.clock);
    Store store;
    const auto opened = store.open(t.path(), OpenMode::ReadWrite);
    QVERIFY(waitUntil([&] { return opened.isFinished(); }));
    RetentionConfig forever;
    forever.completed.reset();
    forever.isConfigured = true;
    {
        HistoryPruner server(store, t.clock, scheduler, forever, s("server"), {});
        server.start();
        EVENTUALLY(RetentionState(*t.db, t.clock).stored().value() == std::optional(forever));
    }
    HistoryPruner window(store, t.clock, scheduler, {}, s("window"), {});
    QSignalSpy ended(&window, &HistoryPruner::passEnded);
    window.passNow();
    QVERIFY(waitUntil([&] {
        scheduler.advance(milliseconds(100));
        return !ended.isEmpty();
    }));
    QCOMPARE(ended.first().first().toLongLong(), 1); // the failed job
    QCOMPARE(countJobs(t), 2);

    // One with times of its own uses them, and the others follow.
    RetentionConfig day;
    day.completed = seconds(86400);
    day.isConfigured = true;
    QCOMPARE(RetentionState(*t.db, t.clock).agreed(day).value(), day);
    QCOMPARE(RetentionState(*t.db, t.clock).agreed({}).value(), day);
    // A damaged text counts as none.
    QVERIFY(RawSql(t.path()).exec(s("UPDATE lifeguard_settings SET value = '{' WHERE name = 'retention_times'")));
    QCOMPARE(RetentionState(*t.db, t.clock).agreed({}).value(), RetentionConfig());
}

void TestHistoryPruner::managerReportsEndsOfSubmissions()
{
    QueueTest t;
    NewJob job;
    job.type = s("noop");
    QVERIFY(t.queue->addMany({job}, NewSubmission{s("slides"), s("anna")}));
    ManualScheduler scheduler(t.clock);
    Store store;
    const auto opened = store.open(t.path(), OpenMode::ReadWrite);
    QVERIFY(waitUntil([&] { return opened.isFinished(); }));
    HistoryPruner pruner(store, t.clock, scheduler, {}, s("m"), {});
    QSignalSpy events(&pruner, &HistoryPruner::eventHappened);
    pruner.start();
    QVERIFY(t.queue->acknowledge(t.claimOne(t.worker()).lease(), 1));
    EVENTUALLY((scheduler.advance(HistoryPruner::submissionInterval), !events.isEmpty()));
    QCOMPARE(events.first().first().value<Event>().kind, EventKind::SubmissionEnded);
}

/// Only the manager that records an end calls its hooks, so one without hooks leaves it to the others for a while.
void TestHistoryPruner::managerWithoutAHookIsPatient()
{
    QueueTest t;
    NewJob job;
    job.type = s("noop");
    ManualScheduler scheduler(t.clock);
    Store store;
    const auto opened = store.open(t.path(), OpenMode::ReadWrite);
    QVERIFY(waitUntil([&] { return opened.isFinished(); }));
    const qint64 worker = t.worker();
    for (const bool callsHook : {false, true}) {
        QVERIFY(t.queue->addMany({job}, NewSubmission{s("slides"), s("anna")}));
        QVERIFY(t.queue->acknowledge(t.claimOne(worker).lease(), 1));
        HistoryPruner pruner(store, t.clock, scheduler, {}, s("m"), {});
        pruner.setCallsSubmissionHook(callsHook);
        QSignalSpy events(&pruner, &HistoryPruner::eventHappened);
        pruner.start();
        int checks = 0;
        EVENTUALLY((scheduler.advance(HistoryPruner::submissionInterval), ++checks, !events.isEmpty()));
        if (!callsHook)
            QVERIFY(checks > HistoryPruner::submissionPatience / HistoryPruner::submissionInterval);
    }
}

QTEST_GUILESS_MAIN(TestHistoryPruner)
#include "tst_historypruner.moc"
