// SPDX-License-Identifier: GPL-3.0-or-later
// Launching several pools, adding jobs with and without files, and dropping files on the window.
#include "tests/support/pooltest.h"
#include "tests/support/queuetest.h"
#include "ui/dashboard.h"
#include "ui/dialogs/addjobsdialog.h"
#include "ui/dialogs/launchpoolsdialog.h"
#include "ui/dialogs/poolrow.h"
#include "ui/mainwindow.h"
#include "ui/views/dropoverlay.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>

using namespace lifeguard;
using namespace lifeguard::test;

class TestDialogs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void launchSeveral();
    void launchSaysWhatIsWrong_data();
    void launchSaysWhatIsWrong();
    void launchSaysWhatIsMissing();
    void refusedPoolsStay();
    void addFiles();
    void addFromOutside();
    void addWithoutFiles();
    void addKeepsOddNames();
    void dropOnTheWindow();
    void dropIsRefusedWithTheReason();

private:
    [[nodiscard]] QString path(const QString &name) const { return m_folder->filePath(name); }
    template<typename T>
    static T *in(const QWidget &widget, const char *name)
    {
        return widget.findChild<T *>(QString::fromLatin1(name));
    }
    static QPushButton *button(const QWidget &dialog, const char *name) { return in<QPushButton>(dialog, name); }
    static QMimeData *files(const QStringList &paths)
    {
        auto *data = new QMimeData;
        QList<QUrl> urls;
        for (const QString &path : paths)
            urls.append(QUrl::fromLocalFile(path));
        data->setUrls(urls);
        return data;
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestDialogs::initTestCase()
{
    QApplication::setQuitOnLastWindowClosed(false);
    theme::apply(*qApp, theme::Mode::Light);
}

void TestDialogs::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_STATE_HOME", QFile::encodeName(path(QStringLiteral("state"))));
    QCoreApplication::setOrganizationName(QStringLiteral("lifeguard-test"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, path(QStringLiteral("config")));
}

void TestDialogs::launchSeveral()
{
    QList<WorkerConfig> launched;
    const auto launch = [&launched](const WorkerConfig &config) {
        launched.append(config);
        return Status();
    };
    LaunchPoolsDialog dialog({}, launch);
    dialog.show();
    QCOMPARE(dialog.configs().size(), 1);
    QCOMPARE(dialog.configs().first().type, QStringLiteral("plantuml"));
    QVERIFY2(in<QLabel>(dialog, "launchTrustNote")->text().contains(QStringLiteral("not isolated")), "said before, not after");
    QTest::mouseClick(button(dialog, "launchAnotherButton"), Qt::LeftButton);
    QCOMPARE(dialog.configs().size(), 2);
    QVERIFY2(!button(dialog, "launchButton")->isEnabled(), "the second has no type yet");
    const QList<PoolRow *> rows = dialog.findChildren<PoolRow *>();
    rows.at(1)->findChild<QComboBox *>(QStringLiteral("launchType"))->setCurrentText(QStringLiteral("noop"));
    rows.at(1)->findChild<QSpinBox *>(QStringLiteral("launchCount"))->setValue(3);
    rows.at(1)->findChild<QSpinBox *>(QStringLiteral("launchMemory"))->setValue(256);
    QVERIFY(button(dialog, "launchButton")->isEnabled());
    QCOMPARE(button(dialog, "launchButton")->text(), QStringLiteral("Launch 2 pools"));
    QTest::mouseClick(button(dialog, "launchButton"), Qt::LeftButton);
    QVERIFY(!dialog.isVisible());
    QCOMPARE(launched.size(), 2);
    QCOMPARE(launched.at(1).type, QStringLiteral("noop"));
    QCOMPARE(launched.at(1).count, 3);
    QCOMPARE(launched.at(1).memoryLimitMb, 256);

    // Offered the next time; what jobs wait for goes before.
    LaunchPoolsDialog again({}, launch);
    QCOMPARE(again.configs(), launched);
    WorkerConfig wanted = launched.at(1);
    wanted.count = 1;
    LaunchPoolsDialog third({wanted}, launch);
    QCOMPARE(third.configs(), QList<WorkerConfig>{wanted});

    // A row can go, but not the last one.
    QTest::mouseClick(again.findChildren<PoolRow *>().first()->findChild<QToolButton *>(QStringLiteral("launchRemoveButton")), Qt::LeftButton);
    QCOMPARE(again.configs(), QList<WorkerConfig>{launched.at(1)});
    QVERIFY(!again.findChildren<PoolRow *>().last()->findChild<QToolButton *>(QStringLiteral("launchRemoveButton"))->isEnabled());
}

void TestDialogs::launchSaysWhatIsWrong_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("words"); // empty: nothing is wrong
    QTest::newRow("ours") << QStringLiteral("noop") << QString() << QString();
    QTest::newRow("no type") << QString() << QString() << QStringLiteral("type");
    QTest::newRow("unknown type") << QStringLiteral("mine") << QString() << QStringLiteral("command");
    QTest::newRow("unknown type with a command") << QStringLiteral("mine") << QStringLiteral("/bin/true now") << QString();
    QTest::newRow("no such program") << QStringLiteral("mine") << QStringLiteral("no-such-program-at-all x") << QStringLiteral("no-such-program-at-all");
}

void TestDialogs::launchSaysWhatIsWrong()
{
    QFETCH(QString, type);
    QFETCH(QString, command);
    QFETCH(QString, words);
    LaunchPoolsDialog dialog({}, [](const WorkerConfig &) { return Status(); });
    dialog.show();
    in<QComboBox>(dialog, "launchType")->setCurrentText(type);
    QTest::mouseClick(in<QToolButton>(dialog, "launchMoreButton"), Qt::LeftButton);
    QVERIFY(in<QLineEdit>(dialog, "launchCommand")->isVisible());
    in<QLineEdit>(dialog, "launchCommand")->setText(command);
    QCOMPARE(button(dialog, "launchButton")->isEnabled(), words.isEmpty());
    const auto *message = in<QLabel>(dialog, "launchMessage");
    QCOMPARE(message->isVisible(), !words.isEmpty());
    QVERIFY2(message->text().contains(words), qPrintable(message->text()));
}

void TestDialogs::launchSaysWhatIsMissing()
{
    const QByteArray before = qgetenv("PATH");
    qputenv("PATH", QFile::encodeName(m_folder->path())); // a machine without PlantUML's programs
    {
        LaunchPoolsDialog dialog({}, [](const WorkerConfig &) { return Status(); });
        dialog.show();
        const auto *message = in<QLabel>(dialog, "launchMessage");
        QTRY_VERIFY_WITH_TIMEOUT(message->isVisible(), patience);
        QVERIFY2(message->text().contains(QStringLiteral("apt install")), qPrintable(message->text()));
        QVERIFY2(button(dialog, "launchButton")->isEnabled(), "a warning forbids nothing");
    }
    qputenv("PATH", before);
}

void TestDialogs::refusedPoolsStay()
{
    LaunchPoolsDialog dialog({PoolTest::noop(1), PoolTest::noop(2)}, [](const WorkerConfig &config) {
        return config.count == 1 ? Status() : Status(failure(ErrorCode::InvalidArgument, QStringLiteral("not today")));
    });
    dialog.show();
    QTest::mouseClick(button(dialog, "launchButton"), Qt::LeftButton);
    QVERIFY(dialog.isVisible());
    QCOMPARE(dialog.configs().size(), 1);
    QCOMPARE(dialog.configs().first().count, 2);
    QTRY_COMPARE_WITH_TIMEOUT(dialog.findChildren<PoolRow *>().size(), 1, patience);
    QCOMPARE(in<QLabel>(dialog, "launchMessage")->text(), QStringLiteral("not today"));
}

void TestDialogs::addFiles()
{
    QVERIFY(QDir().mkpath(path(QStringLiteral("output"))));
    write(path(QStringLiteral("a.puml")), "@startuml\na -> b\n@enduml\n");
    write(path(QStringLiteral("b.puml")), "@startuml\na -> b\n@enduml\n");
    write(path(QStringLiteral("notes.txt")), "no diagram");
    write(path(QStringLiteral("output/b.png")), "an older one");
    AddJobsDialog dialog(m_folder->path());
    dialog.show();
    auto *add = button(dialog, "addButton");
    QVERIFY(!add->isEnabled());
    QVERIFY(!add->toolTip().isEmpty());
    dialog.addPaths({path(QStringLiteral("a.puml")), path(QStringLiteral("b.puml")), path(QStringLiteral("notes.txt"))});
    QTRY_COMPARE_WITH_TIMEOUT(add->text(), QStringLiteral("Add 2 jobs"), patience);
    QVERIFY(add->isEnabled());
    const QString summary = in<QLabel>(dialog, "planSummary")->text();
    QVERIFY2(summary.contains(QStringLiteral("1 skipped")), qPrintable(summary));
    QVERIFY2(summary.contains(QStringLiteral("in place of a file")), qPrintable(summary));
    auto *preview = in<QTreeWidget>(dialog, "planPreview");
    QCOMPARE(preview->topLevelItemCount(), 3);
    QCOMPARE(preview->topLevelItem(0)->text(1), QStringLiteral("plantuml"));
    QCOMPARE(preview->topLevelItem(0)->text(2), QStringLiteral("output/a.png"));
    QVERIFY(preview->topLevelItem(1)->text(2).contains(QStringLiteral("replaced")));
    QVERIFY(preview->topLevelItem(2)->text(2).contains(QStringLiteral("skipped")));
    in<QSpinBox>(dialog, "jobPriority")->setValue(7);
    in<QComboBox>(dialog, "jobFormat")->setCurrentText(QStringLiteral("svg"));
    QTRY_VERIFY_WITH_TIMEOUT(!dialog.plan().jobs.isEmpty() && dialog.plan().jobs.first().job.outputFile.endsWith(QStringLiteral("a.svg"))
                                 && dialog.plan().jobs.first().job.priority == 7, patience);
    QVERIFY(dialog.payloadJobs().isEmpty());
}

void TestDialogs::addFromOutside()
{
    QTemporaryDir outside;
    write(outside.filePath(QStringLiteral("c.puml")), "@startuml\na -> b\n@enduml\n");
    AddJobsDialog dialog(m_folder->path());
    dialog.show();
    auto *copy = in<QCheckBox>(dialog, "copyInCheck");
    QVERIFY(!copy->isEnabled());
    dialog.addPaths({outside.filePath(QStringLiteral("c.puml"))});
    QTRY_VERIFY_WITH_TIMEOUT(copy->isEnabled(), patience);
    QTRY_VERIFY_WITH_TIMEOUT(in<QLabel>(dialog, "planSummary")->text().contains(QStringLiteral("skipped")), patience);
    QVERIFY(!button(dialog, "addButton")->isEnabled());
    copy->setChecked(true);
    QTRY_VERIFY_WITH_TIMEOUT(button(dialog, "addButton")->isEnabled(), patience);
    QVERIFY(in<QLabel>(dialog, "planSummary")->text().contains(path(QStringLiteral("input"))));
    QVERIFY2(!QFile::exists(path(QStringLiteral("input/c.puml"))), "nothing is copied before it is asked for");
}

void TestDialogs::addWithoutFiles()
{
    AddJobsDialog dialog(m_folder->path());
    dialog.show();
    in<QTabWidget>(dialog, "jobKinds")->setCurrentIndex(1);
    auto *add = button(dialog, "addButton");
    auto *payload = in<QPlainTextEdit>(dialog, "payloadText");
    QVERIFY(add->isEnabled());
    payload->setPlainText(QStringLiteral("{\"sleep_ms\": "));
    QVERIFY(!add->isEnabled());
    QVERIFY(!in<QLabel>(dialog, "payloadError")->text().isEmpty());
    payload->setPlainText(QStringLiteral("[1]"));
    QVERIFY(!add->isEnabled());
    payload->setPlainText(QStringLiteral("{\"sleep_ms\": 5}"));
    in<QSpinBox>(dialog, "payloadCount")->setValue(1500);
    in<QSpinBox>(dialog, "jobPriority")->setValue(-2);
    QVERIFY(add->isEnabled());
    QCOMPARE(add->text(), QStringLiteral("Add 1,500 jobs"));
    QCOMPARE(dialog.payloadJobs().size(), 1500);
    QCOMPARE(dialog.payloadJobs().first().type, QStringLiteral("noop"));
    QCOMPARE(dialog.payloadJobs().first().priority, -2);
    QVERIFY(dialog.plan().jobs.isEmpty());
    in<QComboBox>(dialog, "payloadType")->setCurrentText(QString());
    QVERIFY(!add->isEnabled());
}

void TestDialogs::addKeepsOddNames()
{
    const QStringList names{QStringLiteral("with blank.puml"), QStringLiteral("ümläut.puml"), QStringLiteral("100%.puml"), QStringLiteral("a\nb.puml"),
                            QStringLiteral("#&?.puml")};
    for (const QString &name : names)
        write(path(name), "@startuml\na -> b\n@enduml\n");
    AddJobsDialog dialog(m_folder->path());
    dialog.show();
    QStringList paths;
    for (const QString &name : names)
        paths.append(path(name));
    dialog.addPaths(paths);
    QTRY_COMPARE_WITH_TIMEOUT(dialog.plan().jobs.size(), names.size(), patience);
    QStringList planned;
    for (const PlannedJob &job : dialog.plan().jobs)
        planned.append(job.job.inputFile);
    QCOMPARE(planned, paths);
}

void TestDialogs::dropOnTheWindow()
{
    write(path(QStringLiteral("a.puml")), "@startuml\na -> b\n@enduml\n");
    QVERIFY(QDir().mkpath(path(QStringLiteral("more"))));
    write(path(QStringLiteral("more/b.puml")), "@startuml\na -> b\n@enduml\n");
    SessionOptions options;
    options.workspace = m_folder->path();
    options.database = path(QStringLiteral("q.db"));
    Dashboard dashboard(theme::Mode::Light);
    dashboard.start(options);
    MainWindow &window = dashboard.window();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QTRY_VERIFY_WITH_TIMEOUT(dashboard.session().isReady(), patience);
    auto *overlay = window.findChild<DropOverlay *>(QStringLiteral("dropOverlay"));
    const std::unique_ptr<QMimeData> data(files({path(QStringLiteral("a.puml")), path(QStringLiteral("more"))}));

    QDragEnterEvent enter(QPoint(100, 100), Qt::CopyAction, data.get(), Qt::LeftButton, {});
    QApplication::sendEvent(&window, &enter);
    QVERIFY(enter.isAccepted());
    QVERIFY(overlay->isVisible());
    QCOMPARE(overlay->text(), QStringLiteral("Drop to add as jobs"));
    QDragLeaveEvent leave;
    QApplication::sendEvent(&window, &leave);
    QVERIFY(!overlay->isVisible());

    QApplication::sendEvent(&window, &enter);
    QDragMoveEvent move(QPoint(110, 100), Qt::CopyAction, data.get(), Qt::LeftButton, {});
    QApplication::sendEvent(&window, &move);
    QVERIFY(move.isAccepted());
    QDropEvent drop(QPointF(100, 100), Qt::CopyAction, data.get(), Qt::LeftButton, {});
    QApplication::sendEvent(&window, &drop);
    QVERIFY(drop.isAccepted());
    QVERIFY(!overlay->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(window.findChild<AddJobsDialog *>() && window.findChild<AddJobsDialog *>()->isVisible(), patience);
    auto *dialog = window.findChild<AddJobsDialog *>();
    QTRY_VERIFY_WITH_TIMEOUT(button(*dialog, "addButton")->isEnabled(), patience);
    QTest::mouseClick(button(*dialog, "addButton"), Qt::LeftButton);
    RawSql raw(options.database);
    QTRY_COMPARE_WITH_TIMEOUT(raw.value(QStringLiteral("SELECT count(*) FROM jobs")).toInt(), 2, patience);
    QVERIFY(raw.column(QStringLiteral("SELECT output_file FROM jobs")).contains(path(QStringLiteral("output/more/b.png"))));
}

void TestDialogs::dropIsRefusedWithTheReason()
{
    goodFile(path(QStringLiteral("q.db")));
    SessionOptions options;
    options.workspace = m_folder->path();
    options.database = path(QStringLiteral("q.db"));
    options.readOnly = true;
    Dashboard dashboard(theme::Mode::Light);
    dashboard.start(options);
    MainWindow &window = dashboard.window();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QTRY_VERIFY_WITH_TIMEOUT(dashboard.session().isReady(), patience);
    const std::unique_ptr<QMimeData> data(files({path(QStringLiteral("a.puml"))}));
    QDragEnterEvent enter(QPoint(100, 100), Qt::CopyAction, data.get(), Qt::LeftButton, {});
    QApplication::sendEvent(&window, &enter);
    auto *overlay = window.findChild<DropOverlay *>(QStringLiteral("dropOverlay"));
    QVERIFY(overlay->isVisible());
    QVERIFY2(overlay->text().contains(QStringLiteral("only watched")), qPrintable(overlay->text()));
    QDragMoveEvent move(QPoint(110, 100), Qt::CopyAction, data.get(), Qt::LeftButton, {});
    QApplication::sendEvent(&window, &move);
    QVERIFY(!move.isAccepted());
    QDropEvent drop(QPointF(100, 100), Qt::CopyAction, data.get(), Qt::LeftButton, {});
    QApplication::sendEvent(&window, &drop);
    QVERIFY(!window.findChild<AddJobsDialog *>());
    QVERIFY(!overlay->isVisible());
}

QTEST_MAIN(TestDialogs)
#include "tst_dialogs.moc"
