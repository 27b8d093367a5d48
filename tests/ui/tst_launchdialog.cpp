// SPDX-License-Identifier: GPL-3.0-or-later
// What the launch dialog proposes, says before anything is started, launches and remembers.
#include "core/config/jobtypes.h"
#include "ui/dialogs/launchpoolsdialog.h"
#include "ui/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

using namespace lifeguard;

namespace {

QString s(const char *text)
{
    return QString::fromUtf8(text);
}

} // namespace

class TestLaunchDialog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void proposesWhatWaits();
    void proposesPlantumlOtherwise();
    void poolsThatRestAreMentioned();
    void missingToolsAreSaid();
    void isolationIsSaidBefore();
    void dockerCannotBeChosen();
    void errorsNameTheField_data();
    void errorsNameTheField();
    void programThatIsNotFound_data();
    void programThatIsNotFound();
    void severalAreLaunched();
    void refusedStayWithTheReason();
    void lastTimeIsOffered();
    void rowsComeAndGo();
    void fitsWithoutScrolling();
    void memoryOfTheMachine();
    void commandsComeBackAsTheyWere();
    void byKeyboard();
    void everythingHasAName();

private:
    void open(const LaunchContext &context = {});
    template<typename T>
    QList<T *> all(const char *name) const
    {
        return m_dialog->findChildren<T *>(s(name));
    }
    QList<PoolRow *> rows() const
    {
        QList<PoolRow *> visible;
        for (PoolRow *row : all<PoolRow>("poolRow")) {
            if (!row->isHidden()) {
                visible.append(row);
            }
        }
        return visible;
    }
    template<typename T>
    T *in(PoolRow *row, const char *name) const
    {
        return row->findChild<T *>(s(name));
    }
    QPushButton *ok() const { return m_dialog->findChild<QPushButton *>(s("launchButton")); }
    QStringList types() const
    {
        QStringList result;
        for (const WorkerConfig &config : m_dialog->configs()) {
            result.append(config.type);
        }
        return result;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<LaunchPoolsDialog> m_dialog;
    QList<WorkerConfig> m_launched;
    QString m_refused; ///< a type that is refused
};

void TestLaunchDialog::initTestCase()
{
    QCoreApplication::setOrganizationName(s("lifeguard-test"));
    theme::apply(*qApp, theme::Mode::Light);
}

void TestLaunchDialog::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_folder->filePath(s("config")));
    QSettings().clear();
    m_launched.clear();
    m_refused.clear();
}

void TestLaunchDialog::cleanup()
{
    m_dialog.reset();
    qunsetenv("PLANTUML_JAR");
}

void TestLaunchDialog::open(const LaunchContext &context)
{
    LaunchContext with = context;
    with.workspace = m_folder->path();
    const auto launch = [this](const WorkerConfig &config) -> Status {
        if (config.type == m_refused) {
            return failure(ErrorCode::InvalidArgument, s("not today"));
        }
        m_launched.append(config);
        return {};
    };
    m_dialog = std::make_unique<LaunchPoolsDialog>(with, launch);
    m_dialog->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_dialog.get()));
}

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

void TestLaunchDialog::severalAreLaunched()
{
    open();
    in<QComboBox>(rows().first(), "launchType")->setCurrentText(s("noop"));
    QTest::mouseClick(m_dialog->findChild<QPushButton *>(s("addPoolRowButton")), Qt::LeftButton);
    QCOMPARE(rows().size(), 2);
    in<QComboBox>(rows().at(1), "launchType")->setCurrentText(s("plantuml"));
    in<QSpinBox>(rows().at(1), "launchCount")->setValue(5);
    in<QSpinBox>(rows().at(1), "launchMemory")->setValue(512);
    in<QSpinBox>(rows().at(1), "launchMaxJobTime")->setValue(30);
    QVERIFY(ok()->text().contains(s("2")));
    QTest::mouseClick(ok(), Qt::LeftButton);
    QCOMPARE(m_launched.size(), 2);
    QCOMPARE(m_launched.at(0).type, s("noop"));
    QCOMPARE(m_launched.at(1).type, s("plantuml"));
    QCOMPARE(m_launched.at(1).count, 5);
    QCOMPARE(m_launched.at(1).memoryLimitMb, 512);
    QVERIFY(m_launched.at(1).maxJobTime == seconds(30));
    QVERIFY(!m_dialog->isVisible());
    QCOMPARE(m_dialog->result(), int(QDialog::Accepted));
}

void TestLaunchDialog::refusedStayWithTheReason()
{
    open();
    in<QComboBox>(rows().first(), "launchType")->setCurrentText(s("noop"));
    QTest::mouseClick(m_dialog->findChild<QPushButton *>(s("addPoolRowButton")), Qt::LeftButton);
    in<QComboBox>(rows().at(1), "launchType")->setCurrentText(s("plantuml"));
    m_refused = s("noop");
    QTest::mouseClick(ok(), Qt::LeftButton);
    QVERIFY(m_dialog->isVisible());
    QCOMPARE(m_launched.size(), 1);
    QCOMPARE(m_launched.first().type, s("plantuml"));
    QCOMPARE(types(), QStringList{s("noop")}); // the launched one is not launched again
    QVERIFY(in<QLabel>(rows().first(), "launchError")->isVisible());
    QCOMPARE(in<QLabel>(rows().first(), "launchError")->text(), s("not today"));
    m_refused.clear();
    QTest::mouseClick(ok(), Qt::LeftButton);
    QVERIFY(!m_dialog->isVisible());
    QCOMPARE(m_launched.size(), 2);
}

void TestLaunchDialog::lastTimeIsOffered()
{
    open();
    QVERIFY(!m_dialog->findChild<QPushButton *>(s("launchAgainButton"))->isVisible());
    in<QComboBox>(rows().first(), "launchType")->setCurrentText(s("mine"));
    in<QSpinBox>(rows().first(), "launchCount")->setValue(3);
    in<QLineEdit>(rows().first(), "launchCommand")->setText(s("sh -c \"exec sleep 9\""));
    QTest::mouseClick(m_dialog->findChild<QPushButton *>(s("addPoolRowButton")), Qt::LeftButton);
    in<QComboBox>(rows().at(1), "launchType")->setCurrentText(s("noop"));
    QTest::mouseClick(ok(), Qt::LeftButton);
    const QList<WorkerConfig> before = m_launched;
    QCOMPARE(before.size(), 2);

    open();
    auto *again = m_dialog->findChild<QPushButton *>(s("launchAgainButton"));
    QVERIFY(again->isVisible());
    QVERIFY2(again->text().contains(s("mine")), qPrintable(again->text()));
    QTest::mouseClick(again, Qt::LeftButton);
    QVERIFY(m_dialog->configs() == before);
    QCOMPARE(rows().size(), 2);
    m_dialog->reject();

    // What cannot be used any more is not offered.
    {
        QSettings settings;
        settings.beginWriteArray(s("launch/last"), 1);
        settings.setArrayIndex(0);
        settings.setValue(s("type"), s("not a type!"));
        settings.endArray();
    }
    open();
    QVERIFY(!m_dialog->findChild<QPushButton *>(s("launchAgainButton"))->isVisible());
}

void TestLaunchDialog::rowsComeAndGo()
{
    open();
    auto *add = m_dialog->findChild<QPushButton *>(s("addPoolRowButton"));
    QVERIFY(!in<QToolButton>(rows().first(), "launchRemove")->isEnabled());
    QVERIFY(!in<QToolButton>(rows().first(), "launchRemove")->toolTip().isEmpty());
    QTest::mouseClick(add, Qt::LeftButton);
    const QString next = jobTypes().at(1).name; // a type that has no row yet
    QCOMPARE(types(), (QStringList{jobTypes().first().name, next}));
    in<QSpinBox>(rows().at(1), "launchCount")->setValue(7);
    QTest::mouseClick(in<QToolButton>(rows().at(0), "launchRemove"), Qt::LeftButton);
    QCOMPARE(types(), QStringList{next});
    QCOMPARE(m_dialog->configs().first().count, 7);
    QVERIFY2(in<QComboBox>(rows().first(), "launchType")->accessibleName().contains(s("1")), "the numbers do not follow");
    for (int i = 0; i < 20; ++i) {
        QTest::mouseClick(add, Qt::LeftButton);
    }
    QCOMPARE(rows().size(), 21);
    QVERIFY2(m_dialog->height() <= m_dialog->screen()->availableSize().height(), "larger than the screen");
    QVERIFY(ok()->isVisible());
}

void TestLaunchDialog::fitsWithoutScrolling()
{
    LaunchContext context;
    context.waiting = {{s("mine"), 3}, {s("noop"), 12}};
    open(context);
    auto *scroll = m_dialog->findChild<QScrollArea *>(s("launchScroll"));
    QTRY_VERIFY(!scroll->verticalScrollBar()->isVisible());
    const int left = in<QSpinBox>(rows().first(), "launchCount")->mapTo(m_dialog.get(), QPoint()).x();
    in<QToolButton>(rows().at(1), "launchMore")->click();
    QTest::mouseClick(m_dialog->findChild<QPushButton *>(s("addPoolRowButton")), Qt::LeftButton);
    in<QComboBox>(rows().at(2), "launchType")->setCurrentText(s("not a type"));
    QTRY_VERIFY2(!scroll->verticalScrollBar()->isVisible(), "there is room on the screen, and it scrolls");
    QTest::qWait(100);
    QVERIFY(!scroll->verticalScrollBar()->isVisible());
    QCOMPARE(in<QSpinBox>(rows().first(), "launchCount")->mapTo(m_dialog.get(), QPoint()).x(), left); // nothing moves sideways
}

void TestLaunchDialog::memoryOfTheMachine()
{
    open();
    auto *hint = m_dialog->findChild<QLabel *>(s("launchMemoryHint"));
    QVERIFY(!hint->isVisible());
    in<QSpinBox>(rows().first(), "launchCount")->setValue(1000);
    in<QSpinBox>(rows().first(), "launchMemory")->setValue(1'000'000);
    QVERIFY(hint->isVisible());
    QVERIFY2(ok()->isEnabled(), "it is a hint");
}

void TestLaunchDialog::commandsComeBackAsTheyWere()
{
    open();
    WorkerConfig config;
    config.type = s("mine");
    config.command = {s("/opt/my tools/run"), s("--name"), s("a \"quoted\" word"), QString(), s("plain")};
    config.mode = ExecutionMode::Direct;
    rows().first()->setConfig(config);
    QCOMPARE(rows().first()->config().command, config.command);
}

void TestLaunchDialog::byKeyboard()
{
    open();
    m_dialog->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_dialog.get()));
    QTRY_COMPARE(QApplication::focusWidget(), in<QComboBox>(rows().first(), "launchType"));
    QTest::keyClicks(QApplication::focusWidget(), s("noop"));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    QCOMPARE(QApplication::focusWidget(), in<QSpinBox>(rows().first(), "launchCount"));
    QTest::keyClicks(QApplication::focusWidget(), s("4"));
    // Every control is reached in turn, in the order that it is read.
    QStringList reached;
    for (int i = 0; i < 12; ++i) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        reached.append(QApplication::focusWidget()->objectName());
    }
    for (const char *name : {"launchMode", "launchMemory", "launchMore", "addPoolRowButton", "launchButton", "cancelLaunchButton"}) {
        QVERIFY2(reached.contains(s(name)), name);
    }
    QVERIFY(reached.indexOf(s("launchMore")) < reached.indexOf(s("addPoolRowButton")));
    QVERIFY(reached.indexOf(s("addPoolRowButton")) < reached.indexOf(s("launchButton")));
    QTest::keyClick(m_dialog.get(), Qt::Key_Escape);
    QVERIFY(!m_dialog->isVisible());
    QVERIFY(m_launched.isEmpty());
}

void TestLaunchDialog::everythingHasAName()
{
    open();
    for (QWidget *widget : m_dialog->findChildren<QWidget *>()) {
        if (widget->focusPolicy() != Qt::NoFocus && widget->isVisible() && !qobject_cast<QLineEdit *>(widget)) {
            QVERIFY2(!widget->accessibleName().isEmpty() || qobject_cast<QPushButton *>(widget), qPrintable(widget->objectName()));
            QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
        }
    }
}

QTEST_MAIN(TestLaunchDialog)
#include "tst_launchdialog.moc"
