// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the proposals and messages of the launch dialog. Launching is tested in tst_launching.cpp.
#include "core/config/jobtypes.h"
#include "tests/ui/launchtest.h"
#include "ui/dialogs/dockerfields.h"
#include "ui/dialogs/dockerhint.h"
#include "ui/dialogs/lastlaunch.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace lifeguard;
using namespace lifeguard::test;

class TestLaunchPoolsDialog : public LaunchTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setUpAll(); }
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void proposesTypesOfWaitingJobs();
    void mentionsStoppedPools();
    void proposesPlantumlByDefault();
    void warnsAboutMissingTools();
    void warnsAboutMissingIsolation();
    void inspectsDockerOnce();
    void showsDockerHints_data();
    void showsDockerHints();
    void acceptsCommandOfImage();
    void showsDockerFields();
    void checksDockerAgain();
    void showsErrorsWhileTyping_data();
    void showsErrorsWhileTyping();
    void keepsKeysWithoutAField();
    void allowsOutputFolders();
    void checksCommand_data();
    void checksCommand();
};

void TestLaunchPoolsDialog::proposesTypesOfWaitingJobs()
{
    LaunchContext context;
    context.pendingJobs = {{s("noop"), 12}, {s("mine"), 3}, {s("served"), 5}, {s("none"), 0}};
    context.servedTypes = {s("served")};
    openDialog(context);
    QCOMPARE(types(), (QStringList{s("mine"), s("noop")}));
    QVERIFY(childOf<QLabel>(rows().at(1), "launchHint")->text().contains(s("12")));
    // A type without a converter needs a command: the field for it is shown, and the pool cannot be launched yet.
    QVERIFY(childOf<QLineEdit>(rows().at(0), "launchCommand")->isVisible());
    QVERIFY(!childOf<QLineEdit>(rows().at(1), "launchCommand")->isVisible());
    QVERIFY(!launchButton()->isEnabled());
    QVERIFY(!launchButton()->toolTip().isEmpty());
}

void TestLaunchPoolsDialog::mentionsStoppedPools()
{
    LaunchContext context;
    context.pendingJobs = {{s("noop"), 1}};
    context.stoppedTypes = {s("noop")};
    openDialog(context);
    const QString hint = childOf<QLabel>(rows().constFirst(), "launchHint")->text();
    QVERIFY2(hint.contains(s("1 job of this type waiting")) && hint.contains(s("start it again")), qPrintable(hint));
}

void TestLaunchPoolsDialog::proposesPlantumlByDefault()
{
    LaunchContext context;
    context.servedTypes = {s("plantuml")};
    openDialog(context);
    QCOMPARE(types(), QStringList{s("plantuml")});
    QCOMPARE(m_dialog->configs().first().count, 2);
    QVERIFY(m_dialog->configs().first().mode == ExecutionMode::Auto);
    QVERIFY2(childOf<QLabel>(rows().constFirst(), "launchHint")->text().contains(s("already running")),
             "the running pool of this type is not mentioned");
    QVERIFY(launchButton()->isEnabled());
}

void TestLaunchPoolsDialog::warnsAboutMissingTools()
{
    qputenv("PLANTUML_JAR", "/nonexistent/plantuml.jar");
    openDialog();
    auto *tools = childOf<QLabel>(rows().constFirst(), "launchMissingTools");
    QTRY_VERIFY(tools->isVisible() && tools->text().contains(s("apt install plantuml")));
    QVERIFY(tools->text().contains(s("/nonexistent/plantuml.jar")));
    QVERIFY2(launchButton()->isEnabled(), "the warning prevents launching");
    // The list of types shows which converters are installed.
    auto *list = childOf<QComboBox>(rows().constFirst(), "launchType");
    const auto toolTipOf = [list](const char *type) {
        return list->itemData(list->findText(s(type)), Qt::ToolTipRole).toString();
    };
    QTRY_VERIFY(toolTipOf("plantuml").contains(s("/nonexistent/plantuml.jar")));
    QTRY_COMPARE(toolTipOf("noop"), s("The converter is installed."));
    QVERIFY(!list->itemIcon(list->findText(s("plantuml"))).isNull()
            && !list->itemIcon(list->findText(s("noop"))).isNull());
    // The warning disappears when another type is selected, and for a command of the user, which needs no tools of
    // Lifeguard.
    childOf<QComboBox>(rows().constFirst(), "launchType")->setCurrentText(s("noop"));
    QVERIFY(!tools->isVisible());
    childOf<QComboBox>(rows().constFirst(), "launchType")->setCurrentText(s("plantuml"));
    QTRY_VERIFY(tools->isVisible());
    childOf<QLineEdit>(rows().constFirst(), "launchCommand")->setText(s("/bin/sh worker.sh"));
    QVERIFY(!tools->isVisible());
}

void TestLaunchPoolsDialog::warnsAboutMissingIsolation()
{
    openDialog();
    auto *trust = m_dialog->findChild<QLabel *>(s("launchTrust"));
    QVERIFY(trust->isVisible());
    QVERIFY(trust->text().contains(s("not isolated")));
    QVERIFY(trust->text().contains(s("trust")));
    QVERIFY(m_launched.isEmpty());
}

/// Docker is inspected once for all pools that may use it, and not for direct pools.
void TestLaunchPoolsDialog::inspectsDockerOnce()
{
    int inspections = 0;
    LaunchContext context;
    context.inspectDocker = [&inspections](QObject *, const std::function<void(const DockerOverview &)> &) {
        ++inspections;
    };
    context.pendingJobs = {{s("noop"), 1}, {s("plantuml"), 1}};
    openDialog(context);
    QCOMPARE(inspections, 1);
    QCOMPARE(childOf<QLabel>(rows().constFirst(), "launchDocker")->text(), s("Checking Docker…"));
    QVERIFY2(launchButton()->isEnabled(), "automatic mode waits for the inspection");
    auto *mode = childOf<QComboBox>(rows().constFirst(), "launchMode");
    mode->setCurrentIndex(mode->findData(int(ExecutionMode::Direct)));
    QVERIFY(!childOf<QLabel>(rows().constFirst(), "launchDocker")->isVisible());
    QVERIFY(!childOf<QComboBox>(rows().constFirst(), "launchImage")->isVisible());
    QCOMPARE(inspections, 1);
}

void TestLaunchPoolsDialog::showsDockerHints_data()
{
    QTest::addColumn<QString>("mode");
    QTest::addColumn<QString>("image");
    QTest::addColumn<QString>("problem");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<bool>("isError");
    QTest::addColumn<bool>("inContainers");
    QTest::newRow("direct") << s("direct") << QString() << s("Docker is not installed") << QString() << false << false;
    QTest::newRow("docker, image available")
        << s("docker") << s("lifeguard-noop:latest") << QString() << QString() << false << true;
    QTest::newRow("docker, image without a tag")
        << s("docker") << s("lifeguard-noop") << QString() << QString() << false << true;
    QTest::newRow("docker, image to be pulled")
        << s("docker") << s("reg/other:1") << QString() << s("will be pulled first") << false << true;
    QTest::newRow("docker, no engine") << s("docker") << s("x") << s("Docker is not installed")
                                       << s("Docker is not installed") << true << false;
    QTest::newRow("automatic, image available")
        << s("auto") << QString() << QString() << s("run in containers of the image lifeguard-noop:latest") << false
        << true;
    QTest::newRow("automatic, no image") << s("auto") << s("other") << QString()
                                         << s("Docker does not have the image other") << false << false;
    QTest::newRow("automatic, no engine") << s("auto") << QString() << s("Docker is not installed")
                                          << s("direct: Docker is not installed") << false << false;
}

void TestLaunchPoolsDialog::showsDockerHints()
{
    QFETCH(QString, mode);
    QFETCH(QString, image);
    QFETCH(QString, problem);
    QFETCH(QString, expected);
    QFETCH(bool, isError);
    WorkerConfig config;
    config.type = s("noop");
    config.mode = *executionModeFromString(mode);
    config.image = image;
    DockerOverview overview;
    if (!problem.isEmpty())
        overview.problem = Error{ErrorCode::Io, problem, {}};
    DockerImage available;
    available.tags = QStringList{s("lifeguard-noop:latest")};
    overview.images = {available};
    const DockerHint hint = dockerHint(config, overview);
    QVERIFY2(expected.isEmpty() ? hint.text.isEmpty() : hint.text.contains(expected), qPrintable(hint.text));
    QCOMPARE(hint.severity == DockerHint::Severity::Error, isError);
    QFETCH(bool, inContainers);
    QCOMPARE(hint.runsInContainers, inContainers);
}

/// A program that exists only in the image is accepted if the pool will run in that image, and is an error otherwise.
void TestLaunchPoolsDialog::acceptsCommandOfImage()
{
    LaunchContext context;
    context.inspectDocker = [](QObject *, const std::function<void(const DockerOverview &)> &report) {
        DockerOverview overview;
        DockerImage mine;
        mine.tags = QStringList{s("mine:1")};
        overview.images = {mine};
        report(overview);
    };
    openDialog(context);
    LaunchPoolRow *row = rows().constFirst();
    childOf<QComboBox>(row, "launchType")->setCurrentText(s("mine"));
    childOf<QLineEdit>(row, "launchCommand")->setText(s("/app/worker"));
    auto *error = childOf<QLabel>(row, "error_command");
    QTRY_VERIFY(error->text().contains(s("/app/worker")));
    QVERIFY(!launchButton()->isEnabled());
    childOf<QComboBox>(row, "launchImage")->setCurrentText(s("mine:1"));
    QTRY_VERIFY2(error->text().isEmpty(), qPrintable(error->text()));
    QTRY_VERIFY(launchButton()->isEnabled());
    childOf<QComboBox>(row, "launchImage")->setCurrentText(s("not-there:1"));
    QTRY_VERIFY(error->text().contains(s("/app/worker")));
}

/// An empty field means the default image of the type. Images for the type are listed first.
void TestLaunchPoolsDialog::showsDockerFields()
{
    LaunchContext context;
    context.pendingJobs = {{s("noop"), 1}};
    context.inspectDocker = [](QObject *, const std::function<void(const DockerOverview &)> &report) {
        DockerOverview overview;
        DockerImage other;
        other.tags = QStringList{s("debian:12")};
        DockerImage lifeguardImage;
        lifeguardImage.tags = QStringList{s("lifeguard-noop:latest")};
        lifeguardImage.labels.insert(s("org.lifeguard.worker-type"), s("noop"));
        overview.images = {other, lifeguardImage};
        report(overview);
    };
    openDialog(context);
    LaunchPoolRow *row = rows().constFirst();
    auto *mode = childOf<QComboBox>(row, "launchMode");
    auto *image = childOf<QComboBox>(row, "launchImage");
    QVERIFY(!image->isVisible()); // hidden at first in automatic mode
    mode->setCurrentIndex(mode->findData(int(ExecutionMode::Docker)));
    QVERIFY(image->isVisible());
    QCOMPARE(image->itemText(0), s("lifeguard-noop:latest"));
    QCOMPARE(image->lineEdit()->placeholderText(), s("lifeguard-noop:latest"));
    QCOMPARE(m_dialog->configs().first().image, s("lifeguard-noop:latest"));
    QVERIFY(launchButton()->isEnabled());
    QVERIFY2(!m_dialog->findChild<QLabel *>(s("launchTrust"))->isVisible(),
             "the warning is shown although containers are isolated");
    childOf<QLineEdit>(row, "launchNetwork")->setText(s("a b"));
    QVERIFY(childOf<QLabel>(row, "error_network")->isVisible());
    QVERIFY(!launchButton()->isEnabled());
    childOf<QLineEdit>(row, "launchNetwork")->setText(s("none"));
    childOf<QSpinBox>(row, "launchPids")->setValue(64);
    childOf<QCheckBox>(row, "container_root")->setChecked(true);
    image->setCurrentText(s("debian:12"));
    launchButton()->click();
    QCOMPARE(m_launched.size(), 1);
    const WorkerConfig launched = m_launched.first();
    QVERIFY(launched.mode == ExecutionMode::Docker);
    QCOMPARE(launched.image, s("debian:12"));
    QCOMPARE(launched.network, s("none"));
    QCOMPARE(launched.pidsLimit, 64);
    QCOMPARE(givenUpProtections(launched), QStringList{s("container_root")});
    // The next dialog proposes the same pool.
    openDialog(context);
    QCOMPARE(m_dialog->configs().first(), launched);
}

/// A problem with the engine is shown below the pool. When it has been fixed, Docker can be checked again.
void TestLaunchPoolsDialog::checksDockerAgain()
{
    bool isRunning = false;
    LaunchContext context;
    context.pendingJobs = {{s("noop"), 1}};
    context.inspectDocker = [&isRunning](QObject *, const std::function<void(const DockerOverview &)> &report) {
        DockerOverview overview;
        if (!isRunning)
            overview.problem = Error{ErrorCode::Io, s("the Docker engine is not running"), {}};
        report(overview);
    };
    openDialog(context);
    LaunchPoolRow *row = rows().constFirst();
    auto *mode = childOf<QComboBox>(row, "launchMode");
    mode->setCurrentIndex(mode->findData(int(ExecutionMode::Docker)));
    auto *hint = childOf<QLabel>(row, "launchDocker");
    QVERIFY(hint->isVisible());
    QCOMPARE(hint->text(), s("The Docker engine is not running."));
    QVERIFY(!launchButton()->isEnabled());
    auto *checkAgain = childOf<QToolButton>(row, "launchCheckDocker");
    QVERIFY(checkAgain->isVisible());
    isRunning = true;
    checkAgain->click();
    QVERIFY(!checkAgain->isVisible());
    QVERIFY(launchButton()->isEnabled());
    QVERIFY2(hint->text().contains(s("pulled first")), qPrintable(hint->text()));
}

void TestLaunchPoolsDialog::showsErrorsWhileTyping_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<int>("memory");
    QTest::addColumn<QString>("field");
    QTest::newRow("no type") << QString() << 0 << s("type");
    QTest::newRow("space in the type") << s("my type") << 0 << s("type");
    QTest::newRow("unknown type, no command") << s("mine") << 0 << s("type");
    QTest::newRow("too little memory") << s("noop") << 5 << s("memory");
}

void TestLaunchPoolsDialog::showsErrorsWhileTyping()
{
    QFETCH(QString, type);
    QFETCH(int, memory);
    QFETCH(QString, field);
    openDialog();
    LaunchPoolRow *row = rows().constFirst();
    childOf<QComboBox>(row, "launchType")->setCurrentText(type);
    childOf<QSpinBox>(row, "launchMemory")->setValue(memory);
    const QByteArray name = "error_" + field.toLatin1();
    QVERIFY2(childOf<QLabel>(row, name.constData())->isVisible(), "the error is not shown while the value is typed");
    QVERIFY(!launchButton()->isEnabled());
    m_dialog->accept();
    QVERIFY(m_launched.isEmpty());
    childOf<QComboBox>(row, "launchType")->setCurrentText(s("noop"));
    childOf<QSpinBox>(row, "launchMemory")->setValue(0);
    QVERIFY(!childOf<QLabel>(row, name.constData())->isVisible());
    QVERIFY(launchButton()->isEnabled());
}

/// Keys that the dialog does not show keep their values.
void TestLaunchPoolsDialog::keepsKeysWithoutAField()
{
    WorkerConfig config;
    config.type = s("noop");
    config.mode = ExecutionMode::Direct;
    config.environment = {{s("A"), s("x")}};
    config.passEnvironment = QStringList{s("LANG")};
    config.envFile = s("/srv/a.env");
    config.workingDir = s("/srv");
    config.nice = 5;
    config.ioPriority = IoPriority::Idle;
    config.scaling = ScalingConfig{};
    config.scaling->max = 8;
    LaunchPoolRow row({}, {});
    row.setConfig(config);
    QVERIFY(row.config() == config);
    // Values of variables are not stored.
    writeLastLaunch({config});
    const QList<WorkerConfig> stored = readLastLaunch();
    QCOMPARE(stored.size(), 1);
    QCOMPARE(stored.constFirst().environment.value(s("A")), s("***"));
    config.environment = stored.constFirst().environment;
    QVERIFY(stored.constFirst() == config);
}

void TestLaunchPoolsDialog::allowsOutputFolders()
{
    openDialog();
    LaunchPoolRow *row = rows().constFirst();
    childOf<QComboBox>(row, "launchType")->setCurrentText(s("noop"));
    QVERIFY(row->config().outputRoots.isEmpty());
    auto *field = childOf<QLineEdit>(row, "launchOutputRoots");
    auto *error = childOf<QLabel>(row, "error_output_roots");
    for (const QString &wrong : {s("public"), s("/")}) {
        field->setText(wrong);
        QVERIFY2(error->isVisible(), qPrintable(wrong));
        QVERIFY(!launchButton()->isEnabled());
    }
    field->setText(s(" /srv/public/:/srv/a%3Ab "));
    QVERIFY(!error->isVisible());
    QVERIFY(launchButton()->isEnabled());
    const QStringList folders{s("/srv/public"), s("/srv/a:b")};
    QCOMPARE(row->config().outputRoots, folders);
    // The field of another row with this configuration is shown.
    LaunchPoolRow other({}, {});
    other.setConfig(row->config());
    QCOMPARE(other.config().outputRoots, folders);
    QVERIFY(!childOf<QLineEdit>(&other, "launchOutputRoots")->isHidden());
    QVERIFY(!childOf<QLineEdit>(&other, "launchOutputRoots")->parentWidget()->isHidden());
}

void TestLaunchPoolsDialog::checksCommand_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("expected");
    QTest::newRow("in PATH") << s("sh -c true") << QString();
    QTest::newRow("not in PATH") << s("no-such-program-anywhere --x") << s("no-such-program-anywhere");
    QTest::newRow("absolute path") << s("/no/such/program") << s("/no/such/program");
    QTest::newRow("relative to the workspace") << s("./worker.sh") << QString();
    QTest::newRow("not executable") << s("./data.txt") << s("not executable");
    QTest::newRow("folder") << s("./folder") << s("is a folder");
    QTest::newRow("with spaces") << s("\"./my worker.sh\" --fast") << QString();
}

void TestLaunchPoolsDialog::checksCommand()
{
    QFETCH(QString, command);
    QFETCH(QString, expected);
    for (const char *name : {"worker.sh", "my worker.sh", "data.txt"}) {
        QFile file(m_folder->filePath(s(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        if (QByteArray(name).endsWith(".sh")) {
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        }
    }
    QVERIFY(QDir(m_folder->path()).mkdir(s("folder")));
    openDialog();
    LaunchPoolRow *row = rows().constFirst();
    childOf<QComboBox>(row, "launchType")->setCurrentText(s("mine"));
    childOf<QLineEdit>(row, "launchCommand")->setText(s("/no/such/thing"));
    auto *error = childOf<QLabel>(row, "error_command");
    QTRY_VERIFY(!error->text().isEmpty()); // so that an empty text below is the result of a check
    childOf<QLineEdit>(row, "launchCommand")->setText(command);
    if (expected.isEmpty()) {
        // Setting the text has cleared the earlier error; the next change is the result of the check.
        QSignalSpy changed(row, &LaunchPoolRow::changed);
        QVERIFY(changed.wait());
        QVERIFY2(error->text().isEmpty(), qPrintable(error->text()));
        QTRY_VERIFY(launchButton()->isEnabled());
    } else {
        QTRY_VERIFY2(error->text().contains(expected), qPrintable(error->text()));
        QVERIFY(!launchButton()->isEnabled());
    }
}

QTEST_MAIN(TestLaunchPoolsDialog)
#include "tst_launchpoolsdialog.moc"
