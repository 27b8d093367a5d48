// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that claims respect the filters of CLM: by execution mode and by session.
#include "core/store/jobreader.h"
#include "core/store/sqltext.h"
#include "tests/support/clxfiles.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QRegularExpression>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestClaimFilters : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void respectsModeAndSession_data();
    void respectsModeAndSession();
    void keepsTheOrderAcrossModes();
    void worksInFilesOfEveryVersion_data();
    void worksInFilesOfEveryVersion();
    void jobsOfOtherModesAreNotVisited_data();
    void jobsOfOtherModesAreNotVisited();
};

void TestClaimFilters::respectsModeAndSession_data()
{
    QTest::addColumn<QVariant>("jobMode");
    QTest::addColumn<QVariant>("jobSession");
    QTest::addColumn<QVariant>("workerMode");
    QTest::addColumn<QVariant>("workerSession");
    QTest::addColumn<bool>("claimed");
    const QVariant none;
    const QVariant direct = s("direct");
    const QVariant docker = s("docker");
    const QVariant one = s("session-1");
    const QVariant two = s("session-2");
    QTest::newRow("no filters") << none << none << direct << none << true;
    QTest::newRow("same mode") << docker << none << docker << none << true;
    QTest::newRow("other mode") << docker << none << direct << none << false;
    QTest::newRow("other mode, Docker worker") << direct << none << docker << none << false;
    QTest::newRow("worker without a mode") << docker << none << none << none << false;
    QTest::newRow("session, worker without a session") << none << one << direct << none << true;
    QTest::newRow("same session") << none << one << direct << one << true;
    QTest::newRow("other session") << none << two << direct << one << false;
    QTest::newRow("job without a session") << none << none << direct << one << true;
    QTest::newRow("same mode, other session") << docker << two << docker << one << false;
    QTest::newRow("same mode, same session") << docker << two << docker << two << true;
}

void TestClaimFilters::respectsModeAndSession()
{
    QFETCH(QVariant, jobMode);
    QFETCH(QVariant, jobSession);
    QFETCH(QVariant, workerMode);
    QFETCH(QVariant, workerSession);
    QFETCH(bool, claimed);
    QueueTest t;
    const qint64 job = t.add();
    const qint64 worker = t.worker();
    RawSql raw(t.path());
    QVERIFY(raw.exec(s("UPDATE jobs SET execution_mode = ?, session_id = ?"), {jobMode, jobSession}));
    QVERIFY(raw.exec(s("UPDATE workers SET execution_mode = ?, session_id = ?"), {workerMode, workerSession}));
    const auto jobs = t.queue->claim(worker, s("noop"), 5);
    QVERIFY(jobs);
    QCOMPARE(jobs->size(), claimed ? 1 : 0);
    QCOMPARE(toString(t.job(job).status), claimed ? s("processing") : s("pending"));
    if (!workerSession.isValid() && workerMode.isValid())
        QVERIFY(!t.reader->isClaimable(s("noop"), workerMode.toString()).value()); // nothing is left
}

void TestClaimFilters::keepsTheOrderAcrossModes()
{
    QueueTest t;
    const qint64 first = t.add(s("noop"), 1);
    const qint64 second = t.add(s("noop"), 1);
    const qint64 urgent = t.add(s("noop"), 2);
    const qint64 last = t.add(s("noop"), 0);
    const qint64 foreign = t.add(s("noop"), 9);
    RawSql raw(t.path());
    QVERIFY(raw.exec(s("UPDATE jobs SET execution_mode = 'direct' WHERE id IN (?, ?)"), {second, last}));
    QVERIFY(raw.exec(s("UPDATE jobs SET execution_mode = 'docker' WHERE id = ?"), {foreign}));
    const auto jobs = t.queue->claim(t.worker(), s("noop"), 10);
    QVERIFY(jobs);
    QList<qint64> ids;
    for (const Job &job : *jobs)
        ids.append(job.id);
    QCOMPARE(ids, (QList<qint64>{urgent, first, second, last}));
    // Through a connection that has claimed nothing: a statement keeps the values of its last execution.
    const auto other = Database::open(t.path(), OpenMode::ReadWrite);
    QVERIFY(other);
    JobReader reader(**other);
    QVERIFY(reader.isClaimable(s("noop"), s("docker")).value());
    QVERIFY(!reader.isClaimable(s("noop"), s("direct")).value());
}

void TestClaimFilters::worksInFilesOfEveryVersion_data()
{
    QTest::addColumn<int>("created");
    QTest::addColumn<int>("version");
    for (const ClxFile &file : usualClxFiles())
        QTest::newRow(qPrintable(nameOf(file))) << file.createdVersion << file.version;
}

void TestClaimFilters::worksInFilesOfEveryVersion()
{
    QFETCH(int, created);
    QFETCH(int, version);
    QueueTest t(clxScript({created, version}));
    const qint64 docker = t.add();
    const qint64 plain = t.add();
    if (version >= 10)
        QVERIFY(RawSql(t.path()).exec(s("UPDATE jobs SET execution_mode = 'docker' WHERE id = ?"), {docker}));
    QCOMPARE(t.claimOne(t.worker()).id, version >= 10 ? plain : docker);
}

void TestClaimFilters::jobsOfOtherModesAreNotVisited_data()
{
    QTest::addColumn<QString>("statement");
    QTest::newRow("search") << s("job_is_claimable");
    QTest::newRow("claim") << s("job_claim");
}

void TestClaimFilters::jobsOfOtherModesAreNotVisited()
{
    QFETCH(QString, statement);
    QueueTest t;
    RawSql raw(t.path());
    const auto schema = FileSchema::read(QSqlDatabase::connectionNames().constLast(), t.path());
    QVERIFY(schema);
    auto text = sqlText(statement, *schema);
    QVERIFY(text);
    text->replace(QRegularExpression(s(":\\w+")), s("1")); // Qt explains no statement with unbound values
    QSqlQuery query(QSqlDatabase::database(QSqlDatabase::connectionNames().constLast()));
    QVERIFY2(query.exec(s("EXPLAIN QUERY PLAN ") + *text), qPrintable(query.lastError().text()));
    QStringList searches;
    while (query.next()) {
        const QString step = query.value(3).toString();
        QVERIFY2(!step.contains(s("SCAN jobs")), qPrintable(step));
        if (step.contains(s("lifeguard_jobs_claimable_by_mode")))
            searches.append(step);
    }
    QCOMPARE(searches.size(), 2);
    for (const QString &search : std::as_const(searches))
        QVERIFY2(search.contains(
                     s("COVERING INDEX lifeguard_jobs_claimable_by_mode (job_type=? AND execution_mode=?)")),
                 qPrintable(search));
}

QTEST_GUILESS_MAIN(TestClaimFilters)
#include "tst_claimfilters.moc"
