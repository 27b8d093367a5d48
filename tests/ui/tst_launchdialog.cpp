// SPDX-License-Identifier: GPL-3.0-or-later
// What the launch dialog proposes, and what it says before anything is started. What it launches is in tst_launching.cpp.
#include "core/config/jobtypes.h"
#include "tests/ui/launchtest.h"

#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestLaunchDialog : public LaunchTest
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
    void dockerCannotBeChosen();
    void errorsNameTheField_data();
    void errorsNameTheField();
    void programThatIsNotFound_data();
    void programThatIsNotFound();
};

void TestLaunchDialog::proposesWhatWaits()
{
    LaunchContext context;
    context.waiting = {{s("noop"), 12}, {s("mine"), 3}, {s("served"), 5}, {s("none"), 0}};
    context.served = {s("served")};
    open(context);
    QCOMPARE(types(), (QStringList{s("mine"), s("noop")}));
    QVERIFY(in<QLabel>(rows().at(1), "launchHint")->text().contains(s("12")));
    // One of the user's own types needs a command: that field is open and it cannot be launched yet.
    QVERIFY(in<QLineEdit>(rows().at(0), "launchCommand")->isVisible());
    QVERIFY(!in<QLineEdit>(rows().at(1), "launchCommand")->isVisible());
    QVERIFY(!ok()->isEnabled());
    QVERIFY(!ok()->toolTip().isEmpty());
}

void TestLaunchDialog::poolsThatRestAreMentioned()
{
    LaunchContext context;
    context.waiting = {{s("noop"), 1}};
    context.resting = {s("noop")};
    open(context);
    const QString hint = in<QLabel>(rows().first(), "launchHint")->text();
    QVERIFY2(hint.contains(s("1 job waits")) && hint.contains(s("started again")), qPrintable(hint));
}

void TestLaunchDialog::proposesPlantumlOtherwise()
{
    LaunchContext context;
    context.served = {s("plantuml")};
    open(context);
    QCOMPARE(types(), QStringList{s("plantuml")});
    QCOMPARE(m_dialog->configs().first().count, 2);
    QVERIFY(m_dialog->configs().first().mode == ExecutionMode::Auto);
    QVERIFY2(in<QLabel>(rows().first(), "launchHint")->text().contains(s("there already")), "a second pool of one type is not mentioned");
    QVERIFY(ok()->isEnabled());
}

void TestLaunchDialog::missingToolsAreSaid()
{
    qputenv("PLANTUML_JAR", "/nonexistent/plantuml.jar");
    open();
    auto *tools = in<QLabel>(rows().first(), "launchMissingTools");
    QTRY_VERIFY(tools->isVisible() && tools->text().contains(s("apt install plantuml")));
    QVERIFY(tools->text().contains(s("/nonexistent/plantuml.jar")));
    QVERIFY2(ok()->isEnabled(), "it warns and does not forbid");
    // The list says it of each converter before it is chosen.
    auto *list = in<QComboBox>(rows().first(), "launchType");
    const auto said = [list](const char *type) { return list->itemData(list->findText(s(type)), Qt::ToolTipRole).toString(); };
    QTRY_VERIFY(said("plantuml").contains(s("/nonexistent/plantuml.jar")));
    QTRY_COMPARE(said("noop"), s("Its converter is installed."));
    QVERIFY(!list->itemIcon(list->findText(s("plantuml"))).isNull() && !list->itemIcon(list->findText(s("noop"))).isNull());
    // Gone with the type it is about; a command of one's own needs no tools of ours.
    in<QComboBox>(rows().first(), "launchType")->setCurrentText(s("noop"));
    QVERIFY(!tools->isVisible());
    in<QComboBox>(rows().first(), "launchType")->setCurrentText(s("plantuml"));
    QTRY_VERIFY(tools->isVisible());
    in<QLineEdit>(rows().first(), "launchCommand")->setText(s("/bin/sh worker.sh"));
    QVERIFY(!tools->isVisible());
}

void TestLaunchDialog::isolationIsSaidBefore()
{
    open();
    auto *trust = m_dialog->findChild<QLabel *>(s("launchTrust"));
    QVERIFY(trust->isVisible());
    QVERIFY(trust->text().contains(s("not isolated")));
    QVERIFY(trust->text().contains(s("trust")));
    QVERIFY(m_launched.isEmpty());
}

void TestLaunchDialog::dockerCannotBeChosen()
{
    open();
    auto *mode = in<QComboBox>(rows().first(), "launchMode");
    const int docker = mode->findData(int(ExecutionMode::Docker));
    QVERIFY(docker >= 0);
    QVERIFY(mode->itemText(docker).contains(s("not in this version")));
    QVERIFY(!qobject_cast<QStandardItemModel *>(mode->model())->item(docker)->isEnabled());
}

void TestLaunchDialog::errorsNameTheField_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<int>("memory");
    QTest::addColumn<QString>("field");
    QTest::newRow("no type") << QString() << 0 << s("type");
    QTest::newRow("blank in the type") << s("my type") << 0 << s("type");
    QTest::newRow("unknown type, no command") << s("mine") << 0 << s("type");
    QTest::newRow("too little memory") << s("noop") << 5 << s("memory");
}

void TestLaunchDialog::errorsNameTheField()
{
    QFETCH(QString, type);
    QFETCH(int, memory);
    QFETCH(QString, field);
    open();
    PoolRow *row = rows().first();
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

void TestLaunchDialog::programThatIsNotFound_data()
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

void TestLaunchDialog::programThatIsNotFound()
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
    PoolRow *row = rows().first();
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

QTEST_MAIN(TestLaunchDialog)
#include "tst_launchdialog.moc"
