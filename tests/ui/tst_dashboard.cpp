// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the dashboard with its real window, store, manager and workers: opening another database, changing the theme,
// closing, and a database that another program keeps locked.
#include "core/model/job.h"
#include "core/model/workerinfo.h"
#include "places.h"
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "ui/dashboard.h"
#include "ui/dialogs/opendatabasedialog.h"
#include "ui/mainwindow.h"
#include "ui/models/keyedtablemodel.h"
#include "ui/theme/palette.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QApplication>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QTimer>

#include <cstdio>

using namespace lifeguard;
using namespace lifeguard::test;

class TestDashboard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void opensAnotherDatabase();
    void refusedFileChangesNothing_data();
    void refusedFileChangesNothing();
    void asksBeforeStoppingWorkers();
    void dialogValidatesPaths();
    void remembersRecentDatabases();
    void changesTheTheme();
    void remembersTheLayout();
    void waitsForAddedJobsBeforeClosing();
    void addsInitialPathsWhenClosedImmediately();
    void discardsJobsWhenClosedTwice();
    void waitsForAddedJobsBeforeOpeningAnotherDatabase();
    void quitsWhileOpeningAnotherDatabase();
    void databaseLockedForTenSeconds();
    void replacedDatabaseCanBeOpenedAgain();
    void deletedDatabaseIsNotCreatedAgain();
    void linkIsTheSameDatabase();

private:
    [[nodiscard]] QString path(const QString &name) const { return m_folder->filePath(name); }
    [[nodiscard]] DatabaseChoice choice(const QString &name) const { return {path(name), m_folder->path(), false}; }
    void start(const QList<WorkerConfig> &pools = {});
    template<typename T>
    T *child(const char *name) const
    {
        return m_dashboard->window().findChild<T *>(QString::fromLatin1(name));
    }
    [[nodiscard]] bool isReady() const { return child<QPushButton>("launchPoolButton")->isEnabled(); }
    [[nodiscard]] bool shows(const QString &database) const
    {
        return m_dashboard->session().options().database == database;
    }
    [[nodiscard]] QString errorText() const
    {
        return child<QWidget>("messageBar")->isVisible() ? child<QLabel>("messageBarText")->text() : QString();
    }
    /// Locks first.db like another program, until the returned connection commits. Returns null if that failed.
    [[nodiscard]] std::unique_ptr<RawSql> lock(const QString &lockType = QStringLiteral("IMMEDIATE")) const;
    /// Locks first.db as lock() does, and adds 50 jobs, which wait for the lock.
    [[nodiscard]] std::unique_ptr<RawSql> addJobsWhileLocked() const;
    [[nodiscard]] int alive() const
    {
        int count = 0;
        for (const WorkerInfo &worker : m_dashboard->session().manager()->workers())
            count += worker.isAlive() && worker.workerId != 0;
        return count;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Dashboard> m_dashboard;
};

void TestDashboard::initTestCase()
{
    QApplication::setQuitOnLastWindowClosed(false);
    theme::apply(*qApp, theme::Mode::Light);
}

void TestDashboard::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_STATE_HOME", QFile::encodeName(path(QStringLiteral("state"))));
    QCoreApplication::setOrganizationName(QStringLiteral("lifeguard-test"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, path(QStringLiteral("config")));
}

void TestDashboard::cleanup()
{
    if (m_dashboard && m_dashboard->session().hasLiveWorkers()) {
        m_dashboard->session().end(seconds(0));
        EVENTUALLY(!m_dashboard->session().hasLiveWorkers());
    }
    m_dashboard.reset();
}

void TestDashboard::start(const QList<WorkerConfig> &pools)
{
    DashboardOptions options;
    options.workspace = m_folder->path();
    options.database = path(QStringLiteral("first.db"));
    options.workerProgram = QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    options.pools = pools;
    m_dashboard = std::make_unique<Dashboard>(theme::Mode::Light);
    m_dashboard->start(options);
    QVERIFY(QTest::qWaitForWindowExposed(&m_dashboard->window()));
    EVENTUALLY(isReady());
}

std::unique_ptr<RawSql> TestDashboard::lock(const QString &lockType) const
{
    auto other = std::make_unique<RawSql>(path(QStringLiteral("first.db")));
    const QString begin = QStringLiteral("BEGIN ") + lockType;
    return QTest::qWaitFor([&] { return other->exec(begin); }, patience) ? std::move(other) : nullptr;
}

std::unique_ptr<RawSql> TestDashboard::addJobsWhileLocked() const
{
    auto other = lock();
    NewJob job;
    job.type = QStringLiteral("noop");
    if (other)
        m_dashboard->session().adder().add(job, 50);
    return other;
}

void TestDashboard::opensAnotherDatabase()
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

void TestDashboard::refusedFileChangesNothing_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("expected");
    QTest::newRow("text") << QByteArray("not a database") << QStringLiteral("not a");
    QTest::newRow("foreign") << QByteArray() << QStringLiteral("another program");
}

void TestDashboard::refusedFileChangesNothing()
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

void TestDashboard::asksBeforeStoppingWorkers()
{
    start({PoolTest::noop(2)});
    QTRY_COMPARE_WITH_TIMEOUT(alive(), 2, patience);
    const QList<WorkerInfo> workers = m_dashboard->session().manager()->workers();
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    const auto question = [this] { return child<QMessageBox>("switchConfirmation"); };

    m_dashboard->open(choice(QStringLiteral("second.db")));
    EVENTUALLY(question() && question()->isVisible());
    QVERIFY(question()->text().contains(path(QStringLiteral("second.db"))));
    QCOMPARE(question()->defaultButton(), question()->button(QMessageBox::Cancel));
    QTest::keyClick(question(), Qt::Key_Escape);
    EVENTUALLY(!question());
    QCOMPARE(alive(), 2);
    QVERIFY(shows(path(QStringLiteral("first.db"))));

    m_dashboard->open(choice(QStringLiteral("second.db")));
    EVENTUALLY(question() && question()->isVisible());
    QTest::mouseClick(child<QPushButton>("switchAndStopButton"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 1, patience);
    QVERIFY(shows(path(QStringLiteral("second.db"))));
    QCOMPARE(PoolTest::leftovers(workers), QList<qint64>());
    EVENTUALLY(isReady());
    QCOMPARE(RawSql(path(QStringLiteral("first.db")))
                 .value(QStringLiteral("SELECT count(*) FROM workers WHERE status <> 'dead'"))
                 .toInt(),
             0);
}

void TestDashboard::dialogValidatesPaths()
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

void TestDashboard::remembersRecentDatabases()
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

void TestDashboard::changesTheTheme()
{
    start({PoolTest::noop(2)});
    QTRY_COMPARE_WITH_TIMEOUT(alive(), 2, patience);
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    auto *dark = m_dashboard->window().findChild<QAction *>(QStringLiteral("theme-dark"));
    QVERIFY(dark);
    dark->trigger();
    QCOMPARE(replaced.size(), 1);
    QVERIFY(theme::isDark(QApplication::palette()));
    QVERIFY(m_dashboard->window().findChild<QAction *>(QStringLiteral("theme-dark"))->isChecked());
    QCOMPARE(alive(), 2); // no worker was stopped, and the new window shows them all
    QCOMPARE(child<QTableView>("workersView")->model()->rowCount(), 2);
    QVERIFY(isReady());
    QCOMPARE(QSettings().value(QStringLiteral("theme")).toString(), QStringLiteral("dark"));
    m_dashboard->setTheme(theme::Mode::Light);
    QVERIFY(!theme::isDark(QApplication::palette()));
}

void TestDashboard::remembersTheLayout()
{
    createValidDatabase(path(QStringLiteral("second.db")));
    start();
    child<QTabWidget>("tabs")->setCurrentIndex(1);
    auto *jobs = child<QTableView>("jobsView");
    jobs->setColumnWidth(4, 321);
    Q_EMIT jobs->horizontalHeader()->sectionClicked(1); // sorts by number
    const Qt::SortOrder first = jobs->horizontalHeader()->sortIndicatorOrder();
    Q_EMIT jobs->horizontalHeader()->sectionClicked(1); // in the opposite order
    QVERIFY(jobs->horizontalHeader()->sortIndicatorOrder() != first);
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    m_dashboard->open(choice(QStringLiteral("second.db")));
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 1, patience);
    auto *now = child<QTableView>("jobsView");
    QVERIFY(now != jobs);
    QCOMPARE(child<QTabWidget>("tabs")->currentIndex(), 1);
    QCOMPARE(now->columnWidth(4), 321);
    QCOMPARE(now->horizontalHeader()->sortIndicatorSection(), 1);
    QVERIFY(now->horizontalHeader()->sortIndicatorOrder() != first);
    // The rows are sorted, too, not only the header.
    QTRY_COMPARE_WITH_TIMEOUT(now->model()->rowCount(), 200, patience);
    const bool ascending = now->horizontalHeader()->sortIndicatorOrder() == Qt::AscendingOrder;
    QTRY_COMPARE_WITH_TIMEOUT(now->model()->index(0, 1).data().toInt(), ascending ? 1 : 200, patience);
}

void TestDashboard::waitsForAddedJobsBeforeClosing()
{
    start();
    const auto other = addJobsWhileLocked();
    QVERIFY(other);
    m_dashboard->window().close();
    QVERIFY2(m_dashboard->window().isVisible(), "the window was closed before the jobs were added");
    QVERIFY2(errorText().contains(QStringLiteral("closes when")), qPrintable(errorText()));
    QVERIFY(other->exec(QStringLiteral("COMMIT")));
    EVENTUALLY(!m_dashboard->window().isVisible());
    QCOMPARE(other->value(QStringLiteral("SELECT count(*) FROM jobs")).toInt(), 50);
}

void TestDashboard::addsInitialPathsWhenClosedImmediately()
{
    constexpr int diagrams = 300;
    QVERIFY(QDir(m_folder->path()).mkpath(QStringLiteral("diagrams")));
    for (int i = 0; i < diagrams; ++i) {
        QFile file(path(QStringLiteral("diagrams/%1.puml").arg(i)));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("@startuml\nA -> B\n@enduml\n") > 0);
    }
    DashboardOptions options;
    options.database = path(QStringLiteral("first.db"));
    options.workspace = m_folder->path();
    options.workerProgram = QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    options.submit = {path(QStringLiteral("diagrams"))};
    m_dashboard = std::make_unique<Dashboard>(theme::Mode::Light);
    m_dashboard->start(options);
    bool wasAdding = false;
    connect(&m_dashboard->session(), &DashboardSession::readinessChanged, this, [&] {
        if (m_dashboard->session().disabledReason().isEmpty())
            QTimer::singleShot(0, this, [&] {
                wasAdding = m_dashboard->session().isAdding();
                m_dashboard->window().close();
            });
    });
    EVENTUALLY(!m_dashboard->window().isVisible());
    QVERIFY2(wasAdding, "the window was closed too late for this test");
    QCOMPARE(RawSql(path(QStringLiteral("first.db"))).value(QStringLiteral("SELECT count(*) FROM jobs")).toInt(),
             diagrams);
}

void TestDashboard::discardsJobsWhenClosedTwice()
{
    start();
    const auto other = addJobsWhileLocked();
    QVERIFY(other);
    m_dashboard->window().close();
    m_dashboard->window().close();
    EVENTUALLY(!m_dashboard->window().isVisible());
    QVERIFY2(other->exec(QStringLiteral("COMMIT")), "the database was no longer locked");
}

void TestDashboard::waitsForAddedJobsBeforeOpeningAnotherDatabase()
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

void TestDashboard::quitsWhileOpeningAnotherDatabase()
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

void TestDashboard::databaseLockedForTenSeconds()
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
    QVERIFY2(errorText().contains(QStringLiteral("locked")), qPrintable(errorText()));
    // The lock is held by this program, which is no other program.
    QVERIFY2(errorText().contains(
                 QStringLiteral("in use by tst_dashboard (process %1)").arg(QCoreApplication::applicationPid())),
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

void TestDashboard::replacedDatabaseCanBeOpenedAgain()
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
    auto *action = child<QPushButton>("messageBarAction");
    QVERIFY(action && action->isVisible());
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    QTest::mouseClick(action, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 1, patience);
    EVENTUALLY(isReady());
    EVENTUALLY(child<QLabel>("waitingLabel")->text().contains(QStringLiteral("200")));
}

void TestDashboard::deletedDatabaseIsNotCreatedAgain()
{
    start();
    QVERIFY(QFile::remove(path(QStringLiteral("first.db"))));
    EVENTUALLY(errorText().contains(QStringLiteral("was deleted or moved")));
    QTest::mouseClick(child<QPushButton>("messageBarAction"), Qt::LeftButton);
    EVENTUALLY(errorText().contains(QStringLiteral("does not exist")));
    QVERIFY(!QFile::exists(path(QStringLiteral("first.db"))));
}

void TestDashboard::linkIsTheSameDatabase()
{
    start();
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    QVERIFY(QFile::link(path(QStringLiteral("first.db")), path(QStringLiteral("link.db"))));
    m_dashboard->open(choice(QStringLiteral("link.db")));
    createValidDatabase(path(QStringLiteral("second.db")));
    m_dashboard->open(choice(QStringLiteral("second.db")));
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 1, patience); // the link did not open a database
    QVERIFY(shows(path(QStringLiteral("second.db"))));
    QCOMPARE(recentDatabases().size(), 2);
}

QTEST_MAIN(TestDashboard)
#include "tst_dashboard.moc"
