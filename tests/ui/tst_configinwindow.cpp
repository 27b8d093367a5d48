// SPDX-License-Identifier: GPL-3.0-or-later
// Tests configuration files in the window: the question before the file of a workspace is used, and pools that follow a
// file.
#include "core/config/configlock.h"
#include "tests/ui/dashboardtest.h"
#include "ui/dashboardconfig.h"
#include "ui/dialogs/configconsentdialog.h"

#include <QDir>
#include <QMessageBox>
#include <QSaveFile>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Returns a port that nothing listens at.
quint16 freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

} // namespace

class TestConfigInWindow : public DashboardTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setUpAll(); }
    void init()
    {
        setUp();
        qputenv("XDG_DATA_HOME", QFile::encodeName(path(s("data"))));
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(path(s("config"))));
        qunsetenv("LIFEGUARD_CONFIG");
    }
    void cleanup() { tearDown(); }
    void questionShowsPoolsAndPrograms();
    void answers_data();
    void answers();
    void poolsFollowTheFile();
    void fileThatAnotherProgramRuns();
    void servesMetrics();
    void reportsThatMetricsCannotBeServed();
    void openingAnotherDatabaseUsesItsFile_data();
    void openingAnotherDatabaseUsesItsFile();
    void openingAnotherDatabaseReportsErrors();
    void sameFileServesTheNextDatabase();

private:
    void saveTo(const QString &folder, const QByteArray &content);
    [[nodiscard]] DatabaseChoice otherDatabase() const { return {path(s("other/jobs.db")), path(s("other")), false}; }
    void save(const QByteArray &content);
    [[nodiscard]] ConfigSelection selection(FoundConfig::Origin origin) const;
    void startWithConfig();
    [[nodiscard]] QString countToolTip() const { return child<QSpinBox>("poolCountSpin")->toolTip(); }
};

void TestConfigInWindow::save(const QByteArray &content)
{
    saveTo(m_folder->path(), content);
}

void TestConfigInWindow::saveTo(const QString &folder, const QByteArray &content)
{
    QVERIFY(QDir().mkpath(folder));
    QSaveFile file(folder + s("/lifeguard.yaml"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
    QVERIFY(file.commit());
}

ConfigSelection TestConfigInWindow::selection(FoundConfig::Origin origin) const
{
    return loadConfig({path(s("lifeguard.yaml")), origin}, {}, ConfigTrust(path(s("trusted"))));
}

void TestConfigInWindow::startWithConfig()
{
    DashboardOptions options;
    options.workspace = m_folder->path();
    options.database = path(s("first.db"));
    options.workerProgram = s(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    useConfig(options, {selection(FoundConfig::Origin::Option), {}, ConfigTrust(path(s("trusted")))});
    m_dashboard = std::make_unique<Dashboard>(theme::Mode::Light);
    m_dashboard->start(options);
    QVERIFY(QTest::qWaitForWindowExposed(&m_dashboard->window()));
    EVENTUALLY(isReady());
}

void TestConfigInWindow::questionShowsPoolsAndPrograms()
{
    save("pools:\n  mine: {mode: direct, count: 3, command: 'work --password hunter2'}\n"
         "hooks: [{events: [worker_failed], command: [/bin/tell, --token, hunter2]},\n"
         "        {events: [pool_paused], url: 'https://chat.example.org/abc'}]\n");
    const ConfigSelection found = selection(FoundConfig::Origin::Workspace);
    QVERIFY(!found.isUsable());
    QMessageBox *box = configConsentDialog(found, nullptr);
    QVERIFY(box->text().contains(path(s("lifeguard.yaml"))));
    QVERIFY2(box->informativeText().contains(s("mine: 3 × mine, direct, work --password ***")),
             qPrintable(box->informativeText()));
    QVERIFY2(box->informativeText().contains(s("hook for worker_failed: /bin/tell --token ***")),
             qPrintable(box->informativeText()));
    QVERIFY(box->informativeText().contains(s("hook for pool_paused: chat.example.org")));
    QVERIFY(!box->informativeText().contains(s("hunter2")));
    QVERIFY(box->detailedText().contains(s("mode: direct")));
    QVERIFY(!box->detailedText().contains(s("hunter2")));
    QCOMPARE(box->defaultButton()->objectName(), s("openWithoutConfigButton"));
    delete box;
}

void TestConfigInWindow::answers_data()
{
    QTest::addColumn<QString>("button");
    QTest::addColumn<bool>("isAccepted");
    QTest::newRow("use") << s("useConfigButton") << true;
    QTest::newRow("do not use") << s("openWithoutConfigButton") << false;
}

void TestConfigInWindow::answers()
{
    QFETCH(QString, button);
    save("pools:\n  mine: {mode: direct, command: work}\n");
    QTimer clicker;
    connect(&clicker, &QTimer::timeout, this, [&] {
        if (auto *box = QApplication::activeModalWidget())
            box->findChild<QPushButton *>(button)->click();
    });
    clicker.start(10);
    QTEST(askForConfigConsent(selection(FoundConfig::Origin::Workspace)), "isAccepted");
}

void TestConfigInWindow::poolsFollowTheFile()
{
    save("pools:\n  quick: {type: noop, mode: direct, count: 2}\n");
    startWithConfig();
    EVENTUALLY(alive() == 2);
    EVENTUALLY(countToolTip().contains(s("comes from the configuration file")));
    child<QSpinBox>("poolCountSpin")->setValue(1);
    EVENTUALLY(countToolTip().contains(s("set by hand")));
    EVENTUALLY(alive() == 1);
    save("pools:\n  quick: {type: noop, mode: direct, count: 3}\n");
    EVENTUALLY(alive() == 3);
    EVENTUALLY(countToolTip().contains(s("comes from the configuration file")));
    save("pools:\n  quick: {type: noop, mode: direct, count: three}\n");
    EVENTUALLY(errorText().contains(s("lifeguard.yaml:2:")));
    QCOMPARE(alive(), 3);
}

void TestConfigInWindow::fileThatAnotherProgramRuns()
{
    save("pools:\n  quick: {type: noop, mode: direct}\n");
    qputenv("XDG_STATE_HOME", QFile::encodeName(path(s("state"))));
    const auto lock = ConfigLock::acquire(path(s("lifeguard.yaml")));
    QVERIFY(lock);
    startWithConfig();
    QVERIFY(m_dashboard->session().manager()->pools().isEmpty());
}

void TestConfigInWindow::servesMetrics()
{
    const quint16 port = freePort();
    save("metrics: {listen: '127.0.0.1:" + QByteArray::number(port)
         + "'}\n"
           "pools:\n  quick: {type: noop, mode: direct, count: 1}\n");
    startWithConfig();
    EVENTUALLY(alive() == 1);
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, port);
    QVERIFY(socket.waitForConnected(patience));
    socket.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    QByteArray answer;
    EVENTUALLY((answer += socket.readAll()).contains("lifeguard_workers"));
    m_dashboard->session().end(seconds(0));
    EVENTUALLY(m_dashboard->session().metricsAddress().isEmpty());
}

void TestConfigInWindow::reportsThatMetricsCannotBeServed()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    save("metrics: {listen: '127.0.0.1:" + QByteArray::number(other.serverPort())
         + "'}\n"
           "pools:\n  quick: {type: noop, mode: direct, count: 1}\n");
    startWithConfig();
    EVENTUALLY(errorText().startsWith(s("Metrics are not served.")));
    EVENTUALLY(alive() == 1);
}

void TestConfigInWindow::openingAnotherDatabaseUsesItsFile_data()
{
    QTest::addColumn<QString>("answer");
    QTest::addColumn<int>("workers");
    QTest::newRow("use") << s("useConfigButton") << 2;
    QTest::newRow("do not use") << s("openWithoutConfigButton") << 0;
    QTest::newRow("agreed to before") << QString() << 2;
}

/// As a start of the program with this database and workspace.
void TestConfigInWindow::openingAnotherDatabaseUsesItsFile()
{
    QFETCH(QString, answer);
    QFETCH(int, workers);
    const QByteArray content =
        "retention: {completed: forever}\npools:\n  mine: {type: noop, mode: direct, count: 2}\n";
    saveTo(path(s("other")), content);
    if (answer.isEmpty())
        QVERIFY(ConfigTrust().trust(path(s("other/lifeguard.yaml")), content));
    start();
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    m_dashboard->open(otherDatabase());
    if (!answer.isEmpty()) {
        QMessageBox *box = nullptr;
        EVENTUALLY((box = child<QMessageBox>("configConsentDialog")));
        QVERIFY2(!QFile::exists(path(s("other/jobs.db"))), "the database was opened before the answer");
        box->findChild<QPushButton *>(answer)->click();
    }
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 1, patience);
    EVENTUALLY(isReady());
    EVENTUALLY(alive() == workers);
    QCOMPARE(m_dashboard->session().retention().completed.has_value(), workers == 0);
    QCOMPARE(m_dashboard->session().manager()->pools().size(), workers == 0 ? 0 : 1);
    QCOMPARE(ConfigTrust().isTrusted(path(s("other/lifeguard.yaml")), content), workers == 2);
}

void TestConfigInWindow::openingAnotherDatabaseReportsErrors()
{
    saveTo(path(s("other")), "pools:\n  mine: {type: noop, count: three}\n");
    start();
    QSignalSpy replaced(m_dashboard.get(), &Dashboard::windowReplaced);
    m_dashboard->open(otherDatabase());
    QTRY_COMPARE_WITH_TIMEOUT(replaced.size(), 1, patience);
    EVENTUALLY(errorText().contains(s("lifeguard.yaml:2:")));
    QVERIFY(errorText().startsWith(s("The configuration file is not used.")));
}

/// A file of the user, which both databases use, is not taken for one that another program runs.
void TestConfigInWindow::sameFileServesTheNextDatabase()
{
    saveTo(path(s("config/lifeguard")), "pools:\n  mine: {type: noop, mode: direct, count: 1}\n");
    QVERIFY(QDir().mkpath(path(s("other"))));
    start();
    m_dashboard->open(otherDatabase());
    EVENTUALLY(shows(otherDatabase().database) && alive() == 1);
    m_dashboard->open(choice(s("first.db")));
    QMessageBox *question = nullptr;
    EVENTUALLY((question = child<QMessageBox>("switchConfirmation")));
    QCOMPARE(alive(), 1);
    question->findChild<QPushButton *>(s("switchAndStopButton"))->click();
    EVENTUALLY(shows(path(s("first.db"))));
    EVENTUALLY(alive() == 1);
    QCOMPARE(errorText(), QString());
}

QTEST_MAIN(TestConfigInWindow)
#include "tst_configinwindow.moc"
