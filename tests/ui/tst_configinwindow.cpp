// SPDX-License-Identifier: GPL-3.0-or-later
// Tests configuration files in the window: the question before the file of a workspace is used, and pools that follow a
// file.
#include "core/config/configlock.h"
#include "tests/ui/dashboardtest.h"
#include "ui/dialogs/configconsentdialog.h"

#include <QMessageBox>
#include <QSaveFile>
#include <QSpinBox>
#include <QTimer>

using namespace lifeguard;
using namespace lifeguard::test;

class TestConfigInWindow : public DashboardTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setUpAll(); }
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void questionShowsPoolsAndPrograms();
    void answers_data();
    void answers();
    void poolsFollowTheFile();
    void fileThatAnotherProgramRuns();

private:
    void save(const QByteArray &content);
    [[nodiscard]] ConfigSelection selection(FoundConfig::Origin origin) const;
    void startWithConfig();
    [[nodiscard]] QString countToolTip() const { return child<QSpinBox>("poolCountSpin")->toolTip(); }
};

void TestConfigInWindow::save(const QByteArray &content)
{
    QSaveFile file(path(s("lifeguard.yaml")));
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
    options.config = RunningConfig{selection(FoundConfig::Origin::Option), {}, ConfigTrust(path(s("trusted")))};
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

QTEST_MAIN(TestConfigInWindow)
#include "tst_configinwindow.moc"
