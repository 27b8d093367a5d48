// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the announcement of the first deletion of history: its text, and in the window the consent and the way to keep
// the history.
#include "tests/ui/dashboardtest.h"
#include "ui/views/pruningnotice.h"

#include <QDialog>
#include <QMessageBox>

using namespace lifeguard;
using namespace lifeguard::test;

class TestPruningNotice : public DashboardTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setUpAll(); }
    void init();
    void cleanup() { tearDown(); }
    void namesTimeAndRetention();
    void namesOnlyWhatIsDeleted();
    void consentDeletesAtOnce();
    void readOnlyWindowOnlyAnnounces();
    void explainsHowToKeepHistory();

private:
    void createOldDatabase();
    [[nodiscard]] bool isShown() const { return child<QWidget>("pruningNotice")->isVisible(); }
    [[nodiscard]] QString text() const { return child<QLabel>("pruningNoticeText")->text(); }

    const QDateTime m_now{QDate(2026, 11, 30), QTime(12, 0), Qt::LocalTime};
};

void TestPruningNotice::init()
{
    setUp();
}

/// Creates a database with an old job, whose deletion has been announced.
void TestPruningNotice::createOldDatabase()
{
    createValidDatabase(path(s("first.db")));
    RawSql raw(path(s("first.db")));
    QVERIFY(raw.exec(s("DELETE FROM jobs")));
    QVERIFY(raw.exec(s("INSERT INTO jobs (id, job_type, status, input_file, output_file, content_hash, payload, "
                       "completed_at, created_at) VALUES (7, 'noop', 'completed', '', '', '', '{}', "
                       "datetime('now', '-20 days'), datetime('now', '-20 days'))")));
    QVERIFY(raw.exec(s("INSERT OR REPLACE INTO lifeguard_jobs (job_id) VALUES (7)")));
    QVERIFY(raw.exec(s("INSERT OR REPLACE INTO lifeguard_settings (name, value) VALUES ('retention_consent', "
                       "'announced for ' || datetime('now', '+23 hours'))")));
}

void TestPruningNotice::namesTimeAndRetention()
{
    const QString text = pruningText(RetentionConfig(), m_now.addSecs(24 * 3600), m_now);
    QVERIFY2(text.contains(s("from tomorrow at 12:00 on")), qPrintable(text));
    QVERIFY(text.contains(s("completed jobs older than 14 days, failed and cancelled jobs older than 60 days")));
    QVERIFY(text.contains(s("Outputs are never deleted.")));
    QVERIFY(text.contains(s("Jobs that other programs have added are kept.")));
    QVERIFY(pruningText(RetentionConfig(), m_now.addSecs(3600), m_now).contains(s("from today at 13:00 on")));
    QVERIFY(pruningText(RetentionConfig(), m_now.addSecs(-3600), m_now).contains(s("within an hour")));
    QVERIFY(!pruningText({}, m_now, m_now).contains(s("days")));
}

void TestPruningNotice::namesOnlyWhatIsDeleted()
{
    RetentionConfig retention;
    retention.completed = seconds(36 * 3600);
    retention.failed = retention.events = retention.workers = retention.results = std::nullopt;
    retention.foreignJobs = true;
    const QString text = pruningText(retention, m_now.addSecs(3600), m_now);
    QVERIFY2(text.contains(s("This concerns completed jobs older than 36 hours.")), qPrintable(text));
    QVERIFY(!text.contains(s("other programs")));
    retention.completed.reset();
    QVERIFY(pruningText(retention, m_now.addSecs(3600), m_now).contains(s("this window keeps everything")));
}

void TestPruningNotice::consentDeletesAtOnce()
{
    createOldDatabase();
    start();
    EVENTUALLY(isShown());
    QVERIFY2(text().contains(s("older than 14 days")), qPrintable(text()));
    RawSql raw(path(s("first.db")));
    QCOMPARE(raw.value(s("SELECT count(*) FROM jobs")).toInt(), 1);
    QTest::mouseClick(child<QPushButton>("pruningConsentButton"), Qt::LeftButton);
    EVENTUALLY(raw.value(s("SELECT count(*) FROM jobs")).toInt() == 0);
    EVENTUALLY(!isShown());
    QCOMPARE(raw.value(s("SELECT value FROM lifeguard_settings WHERE name = 'retention_consent'")).toString(),
             s("given"));
}

void TestPruningNotice::readOnlyWindowOnlyAnnounces()
{
    createOldDatabase();
    DashboardOptions options;
    options.workspace = m_folder->path();
    options.database = path(s("first.db"));
    options.readOnly = true;
    m_dashboard = std::make_unique<Dashboard>(theme::Mode::Light);
    m_dashboard->start(options);
    EVENTUALLY(isShown());
    QVERIFY(!child<QPushButton>("pruningConsentButton")->isVisible());
    QVERIFY2(!text().contains(s("14 days")), "the times of the manager are not known");
    QVERIFY(child<QPushButton>("keepHistoryButton")->isVisible());
}

void TestPruningNotice::explainsHowToKeepHistory()
{
    createOldDatabase();
    start();
    EVENTUALLY(isShown());
    QTest::mouseClick(child<QPushButton>("keepHistoryButton"), Qt::LeftButton);
    auto *box = child<QMessageBox>("keepHistoryHint");
    QVERIFY(box && box->informativeText().contains(s("completed: forever")));
    box->findChild<QPushButton *>(s("editConfigurationButton"))->click();
    EVENTUALLY(child<QDialog>("configDialog") && child<QDialog>("configDialog")->isVisible());
    child<QDialog>("configDialog")->reject();
    QTest::mouseClick(child<QWidget>("pruningNoticeClose"), Qt::LeftButton);
    QVERIFY(!isShown());
    // Closed for good, although the snapshots still contain the announcement.
    EVENTUALLY(m_dashboard->session().snapshot().pruningStartsAt.isValid());
    m_dashboard->session().republish();
    QVERIFY(!isShown());
}

QTEST_MAIN(TestPruningNotice)
#include "tst_pruningnotice.moc"
