// SPDX-License-Identifier: GPL-3.0-or-later
// What the launch dialog proposes, and what it says before anything is started. What it launches is in
// tst_launching.cpp.
#include "core/config/jobtypes.h"
#include "tests/ui/launchtest.h"
#include "ui/dialogs/dockerfields.h"
#include "ui/dialogs/dockerhint.h"

#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace lifeguard;
using namespace lifeguard::test;

class TestLaunchPoolsDialog : public LaunchTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { beginAll(); }
    void init() { begin(); }
    void cleanup() { end(); }
    void proposesWhatWaits();
    void poolsThatRestAreMentioned();
    void proposesPlantumlOtherwise();
    void missingToolsAreSaid();
    void isolationIsSaidBefore();
    void dockerIsAskedOnce();
    void dockerRemarks_data();
    void dockerRemarks();
    void commandInTheImage();
    void dockerFields();
    void engineIsMissing();
    void errorsNameTheField_data();
    void errorsNameTheField();
    void programThatIsNotFound_data();
    void programThatIsNotFound();
};

void TestLaunchPoolsDialog::proposesWhatWaits()
{
    LaunchContext context;
    context.pendingJobs = {{s("noop"), 12}, {s("mine"), 3}, {s("served"), 5}, {s("none"), 0}};
    context.servedTypes = {s("served")};
    open(context);
    QCOMPARE(types(), (QStringList{s("mine"), s("noop")}));
    QVERIFY(in<QLabel>(rows().at(1), "launchHint")->text().contains(s("12")));
    // One of the user's own types needs a command: that field is open and it cannot be launched yet.
    QVERIFY(in<QLineEdit>(rows().at(0), "launchCommand")->isVisible());
    QVERIFY(!in<QLineEdit>(rows().at(1), "launchCommand")->isVisible());
    QVERIFY(!ok()->isEnabled());
    QVERIFY(!ok()->toolTip().isEmpty());
}

void TestLaunchPoolsDialog::poolsThatRestAreMentioned()
{
    LaunchContext context;
    context.pendingJobs = {{s("noop"), 1}};
    context.stoppedTypes = {s("noop")};
    open(context);
    const QString hint = in<QLabel>(rows().first(), "launchHint")->text();
    QVERIFY2(hint.contains(s("1 job of this type waiting")) && hint.contains(s("start it again")), qPrintable(hint));
}

void TestLaunchPoolsDialog::proposesPlantumlOtherwise()
{
    LaunchContext context;
    context.servedTypes = {s("plantuml")};
    open(context);
    QCOMPARE(types(), QStringList{s("plantuml")});
    QCOMPARE(m_dialog->configs().first().count, 2);
    QVERIFY(m_dialog->configs().first().mode == ExecutionMode::Auto);
    QVERIFY2(in<QLabel>(rows().first(), "launchHint")->text().contains(s("already running")),
             "a second pool of one type is not mentioned");
    QVERIFY(ok()->isEnabled());
}

void TestLaunchPoolsDialog::missingToolsAreSaid()
{
    qputenv("PLANTUML_JAR", "/nonexistent/plantuml.jar");
    open();
    auto *tools = in<QLabel>(rows().first(), "launchMissingTools");
    QTRY_VERIFY(tools->isVisible() && tools->text().contains(s("apt install plantuml")));
    QVERIFY(tools->text().contains(s("/nonexistent/plantuml.jar")));
    QVERIFY2(ok()->isEnabled(), "it warns and does not forbid");
    // The list says it of each converter before it is chosen.
    auto *list = in<QComboBox>(rows().first(), "launchType");
    const auto said = [list](const char *type) {
        return list->itemData(list->findText(s(type)), Qt::ToolTipRole).toString();
    };
    QTRY_VERIFY(said("plantuml").contains(s("/nonexistent/plantuml.jar")));
    QTRY_COMPARE(said("noop"), s("The converter is installed."));
    QVERIFY(!list->itemIcon(list->findText(s("plantuml"))).isNull()
            && !list->itemIcon(list->findText(s("noop"))).isNull());
    // Gone with the type it is about; a command of one's own needs no tools of ours.
    in<QComboBox>(rows().first(), "launchType")->setCurrentText(s("noop"));
    QVERIFY(!tools->isVisible());
    in<QComboBox>(rows().first(), "launchType")->setCurrentText(s("plantuml"));
    QTRY_VERIFY(tools->isVisible());
    in<QLineEdit>(rows().first(), "launchCommand")->setText(s("/bin/sh worker.sh"));
    QVERIFY(!tools->isVisible());
}

void TestLaunchPoolsDialog::isolationIsSaidBefore()
{
    open();
    auto *trust = m_dialog->findChild<QLabel *>(s("launchTrust"));
    QVERIFY(trust->isVisible());
    QVERIFY(trust->text().contains(s("not isolated")));
    QVERIFY(trust->text().contains(s("trust")));
    QVERIFY(m_launched.isEmpty());
}

/// Not for direct pools; once for all others, however many.
void TestLaunchPoolsDialog::dockerIsAskedOnce()
{
    int asked = 0;
    LaunchContext context;
    context.inspectDocker = [&asked](QObject *, const std::function<void(const DockerOverview &)> &) { ++asked; };
    context.pendingJobs = {{s("noop"), 1}, {s("plantuml"), 1}};
    open(context);
    QCOMPARE(asked, 1);
    QCOMPARE(in<QLabel>(rows().first(), "launchDocker")->text(), s("Checking Docker…"));
    QVERIFY2(ok()->isEnabled(), "automatic does not wait for it");
    auto *mode = in<QComboBox>(rows().first(), "launchMode");
    mode->setCurrentIndex(mode->findData(int(ExecutionMode::Direct)));
    QVERIFY(!in<QLabel>(rows().first(), "launchDocker")->isVisible());
    QVERIFY(!in<QComboBox>(rows().first(), "launchImage")->isVisible());
    QCOMPARE(asked, 1);
}

void TestLaunchPoolsDialog::dockerRemarks_data()
{
    QTest::addColumn<QString>("mode");
    QTest::addColumn<QString>("image");
    QTest::addColumn<QString>("problem");
    QTest::addColumn<QString>("said");
    QTest::addColumn<bool>("forbids");
    QTest::addColumn<bool>("inContainers");
    QTest::newRow("direct") << s("direct") << QString() << s("Docker is not installed") << QString() << false << false;
    QTest::newRow("docker, all there") << s("docker") << s("lifeguard-noop:latest") << QString() << QString() << false
                                       << true;
    QTest::newRow("docker, without the tag")
        << s("docker") << s("lifeguard-noop") << QString() << QString() << false << true;
    QTest::newRow("docker, to be pulled")
        << s("docker") << s("reg/other:1") << QString() << s("will be pulled first") << false << true;
    QTest::newRow("docker, no engine") << s("docker") << s("x") << s("Docker is not installed")
                                       << s("Docker is not installed") << true << false;
    QTest::newRow("automatic, all there") << s("auto") << QString() << QString()
                                          << s("run in containers of the image lifeguard-noop:latest") << false << true;
    QTest::newRow("automatic, no image") << s("auto") << s("other") << QString()
                                         << s("Docker does not have the image other") << false << false;
    QTest::newRow("automatic, no engine") << s("auto") << QString() << s("Docker is not installed")
                                          << s("direct: Docker is not installed") << false << false;
}

void TestLaunchPoolsDialog::dockerRemarks()
{
    QFETCH(QString, mode);
    QFETCH(QString, image);
    QFETCH(QString, problem);
    QFETCH(QString, said);
    QFETCH(bool, forbids);
    WorkerConfig config;
    config.type = s("noop");
    config.mode = *executionModeFromString(mode);
    config.image = image;
    DockerOverview view;
    if (!problem.isEmpty())
        view.problem = Error{ErrorCode::Io, problem, {}};
    DockerImage there;
    there.tags = QStringList{s("lifeguard-noop:latest")};
    view.images = {there};
    const DockerHint hint = dockerHint(config, view);
    QVERIFY2(said.isEmpty() ? hint.text.isEmpty() : hint.text.contains(said), qPrintable(hint.text));
    QCOMPARE(hint.severity == DockerHint::Severity::Error, forbids);
    QFETCH(bool, inContainers);
    QCOMPARE(hint.runsInContainers, inContainers);
}

/// A program that only the image has is no mistake where the pool will run in it, and one that nobody has is, where it
/// will not.
void TestLaunchPoolsDialog::commandInTheImage()
{
    LaunchContext context;
    context.inspectDocker = [](QObject *, const std::function<void(const DockerOverview &)> &tell) {
        DockerOverview view;
        DockerImage mine;
        mine.tags = QStringList{s("mine:1")};
        view.images = {mine};
        tell(view);
    };
    open(context);
    LaunchPoolRow *row = rows().first();
    in<QComboBox>(row, "launchType")->setCurrentText(s("mine"));
    in<QLineEdit>(row, "launchCommand")->setText(s("/app/worker"));
    auto *error = in<QLabel>(row, "error_command");
    QTRY_VERIFY(error->text().contains(s("/app/worker")));
    QVERIFY(!ok()->isEnabled());
    in<QComboBox>(row, "launchImage")->setCurrentText(s("mine:1"));
    QTRY_VERIFY2(error->text().isEmpty(), qPrintable(error->text()));
    QTRY_VERIFY(ok()->isEnabled());
    in<QComboBox>(row, "launchImage")->setCurrentText(s("not-there:1"));
    QTRY_VERIFY(error->text().contains(s("/app/worker")));
}

/// An image that is not named is the usual one; those for the type come first.
void TestLaunchPoolsDialog::dockerFields()
{
    LaunchContext context;
    context.pendingJobs = {{s("noop"), 1}};
    context.inspectDocker = [](QObject *, const std::function<void(const DockerOverview &)> &tell) {
        DockerOverview view;
        DockerImage other;
        other.tags = QStringList{s("debian:12")};
        DockerImage ours;
        ours.tags = QStringList{s("lifeguard-noop:latest")};
        ours.labels.insert(s("org.lifeguard.worker-type"), s("noop"));
        view.images = {other, ours};
        tell(view);
    };
    open(context);
    LaunchPoolRow *row = rows().first();
    auto *mode = in<QComboBox>(row, "launchMode");
    auto *image = in<QComboBox>(row, "launchImage");
    QVERIFY(!image->isVisible()); // seldom changed with Automatic
    mode->setCurrentIndex(mode->findData(int(ExecutionMode::Docker)));
    QVERIFY(image->isVisible());
    QCOMPARE(image->itemText(0), s("lifeguard-noop:latest"));
    QCOMPARE(image->lineEdit()->placeholderText(), s("lifeguard-noop:latest"));
    QCOMPARE(m_dialog->configs().first().image, s("lifeguard-noop:latest"));
    QVERIFY(ok()->isEnabled());
    QVERIFY2(!m_dialog->findChild<QLabel *>(s("launchTrust"))->isVisible(), "containers are isolated");
    in<QLineEdit>(row, "launchNetwork")->setText(s("a b"));
    QVERIFY(in<QLabel>(row, "error_network")->isVisible());
    QVERIFY(!ok()->isEnabled());
    in<QLineEdit>(row, "launchNetwork")->setText(s("none"));
    in<QSpinBox>(row, "launchPids")->setValue(64);
    image->setCurrentText(s("debian:12"));
    ok()->click();
    QCOMPARE(m_launched.size(), 1);
    const WorkerConfig launched = m_launched.first();
    QVERIFY(launched.mode == ExecutionMode::Docker);
    QCOMPARE(launched.image, s("debian:12"));
    QCOMPARE(launched.network, s("none"));
    QCOMPARE(launched.pidsLimit, 64);
    // And the next time it is proposed so.
    open(context);
    QCOMPARE(m_dialog->configs().first(), launched);
}

/// What is wrong stands below the pool, and can be asked about again once it was put right.
void TestLaunchPoolsDialog::engineIsMissing()
{
    bool isThere = false;
    LaunchContext context;
    context.pendingJobs = {{s("noop"), 1}};
    context.inspectDocker = [&isThere](QObject *, const std::function<void(const DockerOverview &)> &tell) {
        DockerOverview view;
        if (!isThere)
            view.problem = Error{ErrorCode::Io, s("Docker's engine does not run"), {}};
        tell(view);
    };
    open(context);
    LaunchPoolRow *row = rows().first();
    auto *mode = in<QComboBox>(row, "launchMode");
    mode->setCurrentIndex(mode->findData(int(ExecutionMode::Docker)));
    auto *note = in<QLabel>(row, "launchDocker");
    QVERIFY(note->isVisible());
    QCOMPARE(note->text(), s("Docker's engine does not run."));
    QVERIFY(!ok()->isEnabled());
    auto *again = in<QToolButton>(row, "launchCheckDocker");
    QVERIFY(again->isVisible());
    isThere = true;
    again->click();
    QVERIFY(!again->isVisible());
    QVERIFY(ok()->isEnabled());
    QVERIFY2(note->text().contains(s("pulled first")), qPrintable(note->text()));
}

void TestLaunchPoolsDialog::errorsNameTheField_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<int>("memory");
    QTest::addColumn<QString>("field");
    QTest::newRow("no type") << QString() << 0 << s("type");
    QTest::newRow("blank in the type") << s("my type") << 0 << s("type");
    QTest::newRow("unknown type, no command") << s("mine") << 0 << s("type");
    QTest::newRow("too little memory") << s("noop") << 5 << s("memory");
}

void TestLaunchPoolsDialog::errorsNameTheField()
{
    QFETCH(QString, type);
    QFETCH(int, memory);
    QFETCH(QString, field);
    open();
    LaunchPoolRow *row = rows().first();
    in<QComboBox>(row, "launchType")->setCurrentText(type);
    in<QSpinBox>(row, "launchMemory")->setValue(memory);
    const QByteArray name = "error_" + field.toLatin1();
    QVERIFY2(in<QLabel>(row, name.constData())->isVisible(), "said as it is typed, not after OK");
    QVERIFY(!ok()->isEnabled());
    m_dialog->accept();
    QVERIFY(m_launched.isEmpty());
    in<QComboBox>(row, "launchType")->setCurrentText(s("noop"));
    in<QSpinBox>(row, "launchMemory")->setValue(0);
    QVERIFY(!in<QLabel>(row, name.constData())->isVisible());
    QVERIFY(ok()->isEnabled());
}

void TestLaunchPoolsDialog::programThatIsNotFound_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("said");
    QTest::newRow("in PATH") << s("sh -c true") << QString();
    QTest::newRow("not in PATH") << s("no-such-program-anywhere --x") << s("no-such-program-anywhere");
    QTest::newRow("absolute") << s("/no/such/program") << s("/no/such/program");
    QTest::newRow("below the workspace") << s("./worker.sh") << QString();
    QTest::newRow("not executable") << s("./data.txt") << s("not executable");
    QTest::newRow("a folder") << s("./folder") << s("is a folder");
    QTest::newRow("with blanks") << s("\"./my worker.sh\" --fast") << QString();
}

void TestLaunchPoolsDialog::programThatIsNotFound()
{
    QFETCH(QString, command);
    QFETCH(QString, said);
    for (const char *name : {"worker.sh", "my worker.sh", "data.txt"}) {
        QFile file(m_folder->filePath(s(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        if (QByteArray(name).endsWith(".sh")) {
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        }
    }
    QVERIFY(QDir(m_folder->path()).mkdir(s("folder")));
    open();
    LaunchPoolRow *row = rows().first();
    in<QComboBox>(row, "launchType")->setCurrentText(s("mine"));
    in<QLineEdit>(row, "launchCommand")->setText(s("/no/such/thing"));
    auto *error = in<QLabel>(row, "error_command");
    QTRY_VERIFY(!error->text().isEmpty()); // so that an empty one below means looked up, not waited for
    in<QLineEdit>(row, "launchCommand")->setText(command);
    if (said.isEmpty()) {
        QTRY_VERIFY(error->text().isEmpty());
        QTRY_VERIFY(ok()->isEnabled());
        QTest::qWait(400); // a late finding would come now
        QVERIFY2(error->text().isEmpty(), qPrintable(error->text()));
    } else {
        QTRY_VERIFY2(error->text().contains(said), qPrintable(error->text()));
        QVERIFY(!ok()->isEnabled());
    }
}

QTEST_MAIN(TestLaunchPoolsDialog)
#include "tst_launchpoolsdialog.moc"
