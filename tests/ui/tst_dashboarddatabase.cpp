// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how the dashboard opens databases, and what it does when one is locked, replaced or deleted.
#include "tests/support/pooltest.h"
#include "tests/ui/dashboardtest.h"
#include "ui/dialogs/opendatabasedialog.h"

#include <QAction>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QProgressBar>
#include <QSignalSpy>
#include <QTimer>

#include <cstdio>

#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestDashboardDatabase : public DashboardTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setUpAll(); }
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void opensAnotherDatabase();
    void refusedFileChangesNothing_data();
    void refusedFileChangesNothing();
    void dialogValidatesPaths();
    void remembersRecentDatabases();
    void waitsForAddedJobsBeforeOpeningAnotherDatabase();
    void quitsWhileOpeningAnotherDatabase();
    void databaseLockedForTenSeconds();
    void replacedDatabaseCanBeOpenedAgain();
    void restoredDatabaseCanBeOpenedAgain();
    void deletedDatabaseIsNotCreatedAgain();
    void linkIsTheSameDatabase();
    void hardLinkIsReported();

private:
    /// Clicks on Open again, and waits for the new window.
    void openAgain();
};

void TestDashboardDatabase::opensAnotherDatabase()
{
    start();
    RawSql(path(QStringLiteral("first.db")))
        .exec(QStringLiteral("INSERT INTO jobs (job_type, status, input_file, output_file, content_hash, payload) "
                             "VALUES ('noop', 'pending', '', '', '', '{}')"));
    createValidDatabase(path(QStringLiteral("second.db"))); // with 200 jobs
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    m_dashboard->open(choice(QStringLiteral("second.db")));
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 1, patience);
    QVERIFY(shows(path(QStringLiteral("second.db"))));
    EVENTUALLY(isReady());
    EVENTUALLY(child<QLabel>("waitingLabel")->text().contains(QStringLiteral("200")));
    QVERIFY(m_dashboard->window().isVisible());
    // The first database again, and one that does not exist yet.
    m_dashboard->open(choice(QStringLiteral("first.db")));
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 2, patience);
    m_dashboard->open(choice(QStringLiteral("third.db")));
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 3, patience);
    EVENTUALLY(isReady());
    QVERIFY(QFile::exists(path(QStringLiteral("third.db"))));
    // Opening the current database again has no effect.
    m_dashboard->open(choice(QStringLiteral("third.db")));
    QCoreApplication::processEvents();
    QCOMPARE(replaced.size(), 3);
}

void TestDashboardDatabase::refusedFileChangesNothing_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("expected");
    QTest::newRow("text") << QByteArray("not a database") << QStringLiteral("not a");
    QTest::newRow("foreign") << QByteArray() << QStringLiteral("another program");
}

void TestDashboardDatabase::refusedFileChangesNothing()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, expected);
    const QString file = path(QStringLiteral("bad.db"));
    if (content.isEmpty())
        RawSql(file).script(QStringLiteral("CREATE TABLE books (x)"));
    else
        write(file, content);
    const QByteArray before = contentOf(file);
    start({PoolTest::noop(1)});
    QTRY_COMPARE_WITH_TIMEOUT(alive(), 1, patience);
    m_dashboard->open(choice(QStringLiteral("bad.db")));
    EVENTUALLY(errorText().contains(file));
    QVERIFY2(errorText().contains(expected), qPrintable(errorText()));
    QVERIFY(shows(path(QStringLiteral("first.db"))));
    QVERIFY(isReady());
    QCOMPARE(alive(), 1);
    QCOMPARE(contentOf(file), before);
    for (const DatabaseChoice &known : recentDatabases())
        QVERIFY(known.database != file);
}

void TestDashboardDatabase::dialogValidatesPaths()
{
    createValidDatabase(path(QStringLiteral("good.db")));
    OpenDatabaseDialog dialog(m_folder->path());
    dialog.show();
    auto *database = dialog.findChild<QLineEdit *>(QStringLiteral("databasePath"));
    auto *workspace = dialog.findChild<QLineEdit *>(QStringLiteral("workspacePath"));
    auto *open = dialog.findChild<QPushButton *>(QStringLiteral("openButton"));
    auto *message = dialog.findChild<QLabel *>(QStringLiteral("openMessage"));
    QVERIFY(!open->isEnabled());
    QTest::keyClicks(database, path(QStringLiteral("good.db")));
    QCOMPARE(workspace->text(), m_folder->path());
    QVERIFY(open->isEnabled());
    database->setText(QStringLiteral("good.db")); // relative to the workspace
    QCOMPARE(dialog.choice().database, path(QStringLiteral("good.db")));
    database->setText(path(QStringLiteral("new.db")));
    QVERIFY(open->isEnabled());
    QVERIFY(message->text().contains(QStringLiteral("created")));
    database->setText(m_folder->path());
    QVERIFY(!open->isEnabled());
    QVERIFY(message->text().contains(QStringLiteral("folder")));
    database->setText(path(QStringLiteral("none/new.db")));
    QVERIFY(!open->isEnabled());
    database->setText(path(QStringLiteral("good.db")));
    workspace->clear();
    QTest::keyClicks(workspace, path(QStringLiteral("none")));
    QVERIFY(!open->isEnabled());
    QVERIFY(message->text().contains(path(QStringLiteral("none"))));
    // Choosing another database does not overwrite a workspace that the user has typed.
    database->setText(path(QStringLiteral("other.db")));
    QCOMPARE(workspace->text(), path(QStringLiteral("none")));
    // Choosing a recent database fills in its workspace.
    rememberDatabase({path(QStringLiteral("known.db")), QStringLiteral("/usr"), false});
    OpenDatabaseDialog second(m_folder->path());
    second.findChild<QLineEdit *>(QStringLiteral("databasePath"))->setText(path(QStringLiteral("known.db")));
    QCOMPARE(second.choice().workspace, QStringLiteral("/usr"));
}

void TestDashboardDatabase::remembersRecentDatabases()
{
    for (int i = 0; i < 12; ++i)
        rememberDatabase({path(QStringLiteral("missing%1.db").arg(i)), m_folder->path(), i % 2 == 1});
    QCOMPARE(recentDatabases().size(), 10);
    QCOMPARE(recentDatabases().constFirst().database, path(QStringLiteral("missing11.db")));
    QVERIFY(recentDatabases().constFirst().readOnly);
    rememberDatabase({path(QStringLiteral("missing5.db")), m_folder->path(), false});
    QCOMPARE(recentDatabases().size(), 10);
    QCOMPARE(recentDatabases().constFirst().database, path(QStringLiteral("missing5.db")));

    createValidDatabase(path(QStringLiteral("second.db")));
    rememberDatabase(choice(QStringLiteral("second.db")));
    start();
    auto *menu = child<QMenu>("databaseMenu");
    Q_EMIT menu->aboutToShow();
    auto *current = menu->findChild<QAction *>(QStringLiteral("recentDatabase1"));
    auto *other = menu->findChild<QAction *>(QStringLiteral("recentDatabase2"));
    auto *missing = menu->findChild<QAction *>(QStringLiteral("recentDatabase3"));
    QVERIFY(current && other && missing);
    QVERIFY(current->text().contains(QStringLiteral("first.db")) && !current->isEnabled());
    QVERIFY(!missing->isEnabled());
    QVERIFY(missing->text().contains(QStringLiteral("no longer exists")));
    QVERIFY(other->isEnabled());
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    other->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 1, patience);
    QVERIFY(shows(path(QStringLiteral("second.db"))));
    QCOMPARE(recentDatabases().constFirst(), choice(QStringLiteral("second.db")));
}

void TestDashboardDatabase::waitsForAddedJobsBeforeOpeningAnotherDatabase()
{
    start();
    const auto other = addJobsWhileLocked();
    QVERIFY(other);
    m_dashboard->open(choice(QStringLiteral("second.db")));
    EVENTUALLY(m_dashboard->window().isClosing());
    QVERIFY2(shows(path(QStringLiteral("first.db"))), "the other database was opened before the jobs were added");
    QVERIFY(other->exec(QStringLiteral("COMMIT")));
    EVENTUALLY(shows(path(QStringLiteral("second.db"))));
    QCOMPARE(other->value(QStringLiteral("SELECT count(*) FROM jobs")).toInt(), 50);
}

void TestDashboardDatabase::quitsWhileOpeningAnotherDatabase()
{
    start({PoolTest::noop(1)});
    QTRY_COMPARE_WITH_TIMEOUT(alive(), 1, patience);
    m_dashboard->open(choice(QStringLiteral("second.db")));
    QMessageBox *question = nullptr;
    EVENTUALLY((question = m_dashboard->window().findChild<QMessageBox *>()));
    for (QAbstractButton *button : question->buttons()) {
        if (question->buttonRole(button) == QMessageBox::AcceptRole)
            button->click();
    }
    EVENTUALLY(m_dashboard->window().isClosing());
    m_dashboard->quitNow(); // like SIGTERM
    EVENTUALLY(!m_dashboard->window().isVisible());
    QVERIFY2(shows(path(QStringLiteral("first.db"))), "the other database was opened");
}

void TestDashboardDatabase::databaseLockedForTenSeconds()
{
    start({PoolTest::noop(1)});
    QTRY_COMPARE_WITH_TIMEOUT(alive(), 1, patience);

    // The longest time that the GUI thread does not process events.
    constexpr qint64 lockedFor = 10000;
    QElapsedTimer sinceTick;
    qint64 longest = 0;
    QTimer ticks;
    connect(&ticks, &QTimer::timeout, this, [&] { longest = std::max(longest, sinceTick.restart()); });
    sinceTick.start();
    ticks.start(std::chrono::milliseconds(5));

    const auto other = lock(QStringLiteral("EXCLUSIVE"));
    QVERIFY(other);
    QElapsedTimer locked;
    locked.start();
    write(path(QStringLiteral("a.puml")), "@startuml\na -> b\n@enduml\n");
    PlanOptions options;
    options.workspace = m_folder->path();
    const Result<JobPlan> plan = planJobs({path(QStringLiteral("a.puml"))}, options);
    QVERIFY(plan);
    m_dashboard->session().adder().add(std::make_shared<const JobPlan>(*plan));
    auto *overall = child<QLabel>("overallLabel");
    QTRY_COMPARE_WITH_TIMEOUT(overall->text(), QStringLiteral("Database locked"), patience);
    QVERIFY2(errorText().contains(QStringLiteral("when the lock is released")), qPrintable(errorText()));
    // The lock is held by this program, which is no other program. The kernel stores 15 characters of its name.
    QVERIFY2(errorText().contains(QStringLiteral("in use by %1 (process %2)")
                                      .arg(QStringLiteral("tst_dashboarddatabase").left(15))
                                      .arg(QCoreApplication::applicationPid())),
             qPrintable(errorText()));
    QVERIFY2(!errorText().contains(QStringLiteral("nother program")), qPrintable(errorText()));
    QVERIFY(locked.elapsed() < lockedFor); // reported while the database is locked
    EVENTUALLY(locked.elapsed() >= lockedFor);
    QCOMPARE(overall->text(), QStringLiteral("Database locked"));
    QCOMPARE(alive(), 1); // workers are not judged while the database cannot be read
    QVERIFY2(longest < lockedFor / 20, qPrintable(QStringLiteral("the GUI thread was blocked for %1 ms").arg(longest)));
    QVERIFY(other->exec(QStringLiteral("COMMIT")));

    // When the database is no longer locked, the window shows it and the job is added.
    EVENTUALLY(overall->text() != QStringLiteral("Database locked"));
    QTRY_COMPARE_WITH_TIMEOUT(errorText(), QString(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(
        other->value(QStringLiteral("SELECT count(*) FROM jobs WHERE status = 'pending'")).toInt(), 1, patience);
    QCOMPARE(other->value(QStringLiteral("SELECT count(*) FROM jobs")).toInt(), 1);
    QVERIFY2(longest < lockedFor / 20, qPrintable(QStringLiteral("the GUI thread was blocked for %1 ms").arg(longest)));
    qInfo("the GUI thread was blocked for at most %lld ms while the database was locked for %lld ms",
          static_cast<long long>(longest), static_cast<long long>(lockedFor));
}

void TestDashboardDatabase::replacedDatabaseCanBeOpenedAgain()
{
    start({PoolTest::noop(2)});
    QTRY_COMPARE_WITH_TIMEOUT(alive(), 2, patience);
    const QList<WorkerInfo> workers = m_dashboard->session().manager()->workers();
    createValidDatabase(path(QStringLiteral("backup.db"))); // with 200 jobs
    const QByteArray backup = contentOf(path(QStringLiteral("backup.db")));
    // At once, and without removing the write-ahead log of the previous file.
    QCOMPARE(std::rename(QFile::encodeName(path(QStringLiteral("backup.db"))).constData(),
                         QFile::encodeName(path(QStringLiteral("first.db"))).constData()),
             0);

    EVENTUALLY(errorText().contains(QStringLiteral("was replaced by another file")));
    EVENTUALLY(!isReady());
    EVENTUALLY(!m_dashboard->session().hasLiveWorkers());
    QCOMPARE(PoolTest::leftovers(workers), QList<qint64>());
    QVERIFY(contentOf(path(QStringLiteral("first.db"))) == backup);
    openAgain();
    EVENTUALLY(child<QLabel>("waitingLabel")->text().contains(QStringLiteral("200")));
}

void TestDashboardDatabase::openAgain()
{
    auto *action = child<QPushButton>("messageBarAction");
    QVERIFY(action && action->isVisible());
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    QTest::mouseClick(action, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 1, patience);
    EVENTUALLY(isReady());
}

/// Restored through SQLite: the same file gets earlier content.
void TestDashboardDatabase::restoredDatabaseCanBeOpenedAgain()
{
    createValidDatabase(path(QStringLiteral("first.db"))); // with 200 jobs
    RawSql raw(path(QStringLiteral("first.db")));
    QVERIFY(raw.exec(QStringLiteral("UPDATE jobs SET job_type = 'drawio'"))); // which nobody here handles
    QVERIFY(raw.exec(QStringLiteral("VACUUM INTO ?"), {path(QStringLiteral("backup.db"))}));
    QVERIFY(raw.exec(QStringLiteral("DELETE FROM jobs")));
    start({PoolTest::noop(2)});
    QTRY_COMPARE_WITH_TIMEOUT(alive(), 2, patience);
    const QList<WorkerInfo> workers = m_dashboard->session().manager()->workers();
    // Heartbeats of the manager.
    EVENTUALLY(raw.value(QStringLiteral("SELECT generation FROM lifeguard_database")).toInt() > 1);
    QVERIFY(restoreThroughSqlite(path(QStringLiteral("first.db")), path(QStringLiteral("backup.db"))));

    EVENTUALLY(
        errorText().contains(QStringLiteral("The content of %1 was replaced").arg(path(QStringLiteral("first.db")))));
    EVENTUALLY(!isReady());
    EVENTUALLY(!m_dashboard->session().hasLiveWorkers());
    QCOMPARE(PoolTest::leftovers(workers), QList<qint64>());
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM workers")).toInt(), 0); // nothing was written
    openAgain();
    EVENTUALLY(child<QLabel>("waitingLabel")->text().contains(QStringLiteral("200")));
}

void TestDashboardDatabase::deletedDatabaseIsNotCreatedAgain()
{
    start();
    QVERIFY(QFile::remove(path(QStringLiteral("first.db"))));
    EVENTUALLY(errorText().contains(QStringLiteral("was deleted or moved")));
    QTest::mouseClick(child<QPushButton>("messageBarAction"), Qt::LeftButton);
    EVENTUALLY(errorText().contains(QStringLiteral("does not exist")));
    QVERIFY(!QFile::exists(path(QStringLiteral("first.db"))));
}

void TestDashboardDatabase::linkIsTheSameDatabase()
{
    start();
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    QVERIFY(QFile::link(path(QStringLiteral("first.db")), path(QStringLiteral("link.db"))));
    m_dashboard->open(choice(QStringLiteral("link.db")));
    auto *opening = child<QProgressBar>("openingBar");
    QVERIFY2(!opening->isVisible(), "the link is being opened");
    createValidDatabase(path(QStringLiteral("second.db")));
    m_dashboard->open(choice(QStringLiteral("second.db")));
    QVERIFY(opening->isVisible());
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 1, patience); // the link did not open a database
    QVERIFY(shows(path(QStringLiteral("second.db"))));
    QCOMPARE(recentDatabases().size(), 2);
}

void TestDashboardDatabase::hardLinkIsReported()
{
    createValidDatabase(path(QStringLiteral("first.db")));
    QCOMPARE(::link(QFile::encodeName(path(QStringLiteral("first.db"))).constData(),
                    QFile::encodeName(path(QStringLiteral("other.db"))).constData()),
             0);
    start();
    EVENTUALLY(errorText().contains(QStringLiteral("the same file has 2 names")));
}

QTEST_MAIN(TestDashboardDatabase)
#include "tst_dashboarddatabase.moc"
