// SPDX-License-Identifier: GPL-3.0-or-later
// Tests which pools the launch dialog launches and remembers, its rows, and its use without a mouse. Its proposals and
// messages are tested in tst_launchpoolsdialog.cpp.
#include "core/config/jobtypes.h"
#include "tests/ui/launchtest.h"

#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace lifeguard;
using namespace lifeguard::test;

class TestLaunching : public LaunchTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setUpAll(); }
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void launchesSeveralPools();
    void keepsPoolsThatFailedToLaunch();
    void offersLastLaunch();
    void addsAndRemovesRows();
    void growsInsteadOfScrolling();
    void warnsAboutMemoryLimits();
    void keepsCommandUnchanged();
    void canBeUsedWithKeyboard();
    void allControlsHaveNames();
};

void TestLaunching::launchesSeveralPools()
{
    openDialog();
    childOf<QComboBox>(rows().constFirst(), "launchType")->setCurrentText(s("noop"));
    QTest::mouseClick(m_dialog->findChild<QPushButton *>(s("addPoolRowButton")), Qt::LeftButton);
    QCOMPARE(rows().size(), 2);
    childOf<QComboBox>(rows().at(1), "launchType")->setCurrentText(s("plantuml"));
    childOf<QSpinBox>(rows().at(1), "launchCount")->setValue(5);
    childOf<QSpinBox>(rows().at(1), "launchMemory")->setValue(512);
    childOf<QSpinBox>(rows().at(1), "launchMaxJobTime")->setValue(30);
    QVERIFY(launchButton()->text().contains(s("2")));
    QTest::mouseClick(launchButton(), Qt::LeftButton);
    QCOMPARE(m_launched.size(), 2);
    QCOMPARE(m_launched.at(0).type, s("noop"));
    QCOMPARE(m_launched.at(1).type, s("plantuml"));
    QCOMPARE(m_launched.at(1).count, 5);
    QCOMPARE(m_launched.at(1).memoryLimitMb, 512);
    QVERIFY(m_launched.at(1).maxJobTime == seconds(30));
    QVERIFY(!m_dialog->isVisible());
    QCOMPARE(m_dialog->result(), int(QDialog::Accepted));
}

void TestLaunching::keepsPoolsThatFailedToLaunch()
{
    openDialog();
    childOf<QComboBox>(rows().constFirst(), "launchType")->setCurrentText(s("noop"));
    QTest::mouseClick(m_dialog->findChild<QPushButton *>(s("addPoolRowButton")), Qt::LeftButton);
    childOf<QComboBox>(rows().at(1), "launchType")->setCurrentText(s("plantuml"));
    m_refused = s("noop");
    QTest::mouseClick(launchButton(), Qt::LeftButton);
    QVERIFY(m_dialog->isVisible());
    QCOMPARE(m_launched.size(), 1);
    QCOMPARE(m_launched.first().type, s("plantuml"));
    QCOMPARE(types(), QStringList{s("noop")}); // the launched pool is no longer in the list
    QVERIFY(childOf<QLabel>(rows().constFirst(), "launchError")->isVisible());
    QCOMPARE(childOf<QLabel>(rows().constFirst(), "launchError")->text(), s("the launch was refused"));
    m_refused.clear();
    QTest::mouseClick(launchButton(), Qt::LeftButton);
    QVERIFY(!m_dialog->isVisible());
    QCOMPARE(m_launched.size(), 2);
}

void TestLaunching::offersLastLaunch()
{
    openDialog();
    QVERIFY(!m_dialog->findChild<QPushButton *>(s("launchAgainButton"))->isVisible());
    childOf<QComboBox>(rows().constFirst(), "launchType")->setCurrentText(s("mine"));
    childOf<QSpinBox>(rows().constFirst(), "launchCount")->setValue(3);
    childOf<QLineEdit>(rows().constFirst(), "launchCommand")->setText(s("sh -c \"exec sleep 9\""));
    QTest::mouseClick(m_dialog->findChild<QPushButton *>(s("addPoolRowButton")), Qt::LeftButton);
    childOf<QComboBox>(rows().at(1), "launchType")->setCurrentText(s("noop"));
    QTest::mouseClick(launchButton(), Qt::LeftButton);
    const QList<WorkerConfig> before = m_launched;
    QCOMPARE(before.size(), 2);

    openDialog();
    auto *again = m_dialog->findChild<QPushButton *>(s("launchAgainButton"));
    QVERIFY(again->isVisible());
    QVERIFY2(again->text().contains(s("mine")), qPrintable(again->text()));
    QTest::mouseClick(again, Qt::LeftButton);
    QVERIFY(m_dialog->configs() == before);
    QCOMPARE(rows().size(), 2);
    m_dialog->reject();

    // Stored pools that are no longer valid are not offered.
    {
        QSettings settings;
        settings.beginWriteArray(s("launch/last"), 1);
        settings.setArrayIndex(0);
        settings.setValue(s("pool"), s("not a type!=2"));
        settings.endArray();
    }
    openDialog();
    QVERIFY(!m_dialog->findChild<QPushButton *>(s("launchAgainButton"))->isVisible());
}

void TestLaunching::addsAndRemovesRows()
{
    openDialog();
    auto *add = m_dialog->findChild<QPushButton *>(s("addPoolRowButton"));
    QVERIFY(!childOf<QToolButton>(rows().constFirst(), "launchRemove")->isEnabled());
    QVERIFY(!childOf<QToolButton>(rows().constFirst(), "launchRemove")->toolTip().isEmpty());
    QTest::mouseClick(add, Qt::LeftButton);
    const QString next = jobTypes().at(1).name; // a type that has no row yet
    QCOMPARE(types(), (QStringList{jobTypes().first().name, next}));
    childOf<QSpinBox>(rows().at(1), "launchCount")->setValue(7);
    QTest::mouseClick(childOf<QToolButton>(rows().at(0), "launchRemove"), Qt::LeftButton);
    QCOMPARE(types(), QStringList{next});
    QCOMPARE(m_dialog->configs().first().count, 7);
    QVERIFY2(childOf<QComboBox>(rows().constFirst(), "launchType")->accessibleName().contains(s("1")),
             "the row numbers in the names were not updated");
    for (int i = 0; i < 20; ++i) {
        QTest::mouseClick(add, Qt::LeftButton);
    }
    QCOMPARE(rows().size(), 21);
    QVERIFY2(m_dialog->height() <= m_dialog->screen()->availableSize().height(),
             "the dialog is larger than the screen");
    QVERIFY(launchButton()->isVisible());
}

void TestLaunching::growsInsteadOfScrolling()
{
    LaunchContext context;
    context.pendingJobs = {{s("mine"), 3}, {s("noop"), 12}};
    openDialog(context);
    auto *scroll = m_dialog->findChild<QScrollArea *>(s("launchScroll"));
    QTRY_VERIFY(!scroll->verticalScrollBar()->isVisible());
    const int left = childOf<QSpinBox>(rows().constFirst(), "launchCount")->mapTo(m_dialog.get(), QPoint()).x();
    childOf<QToolButton>(rows().at(1), "launchMore")->click();
    QTest::mouseClick(m_dialog->findChild<QPushButton *>(s("addPoolRowButton")), Qt::LeftButton);
    childOf<QComboBox>(rows().at(2), "launchType")->setCurrentText(s("not a type"));
    QTRY_VERIFY2(!scroll->verticalScrollBar()->isVisible(), "the dialog scrolls although there is room on the screen");
    QCoreApplication::processEvents(); // what is left of the layout
    QVERIFY(!scroll->verticalScrollBar()->isVisible());
    // The columns do not move.
    QCOMPARE(childOf<QSpinBox>(rows().constFirst(), "launchCount")->mapTo(m_dialog.get(), QPoint()).x(), left);
}

void TestLaunching::warnsAboutMemoryLimits()
{
    openDialog();
    auto *hint = m_dialog->findChild<QLabel *>(s("launchMemoryHint"));
    QVERIFY(!hint->isVisible());
    childOf<QSpinBox>(rows().constFirst(), "launchCount")->setValue(1000);
    childOf<QSpinBox>(rows().constFirst(), "launchMemory")->setValue(1'000'000);
    QVERIFY(hint->isVisible());
    QVERIFY2(launchButton()->isEnabled(), "the warning prevents launching");
}

void TestLaunching::keepsCommandUnchanged()
{
    openDialog();
    WorkerConfig config;
    config.type = s("mine");
    config.command = {s("/opt/my tools/run"), s("--name"), s("a \"quoted\" word"), QString(), s("plain")};
    config.mode = ExecutionMode::Direct;
    rows().constFirst()->setConfig(config);
    QCOMPARE(rows().constFirst()->config().command, config.command);
}

void TestLaunching::canBeUsedWithKeyboard()
{
    openDialog();
    m_dialog->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_dialog.get()));
    QTRY_COMPARE(QApplication::focusWidget(), childOf<QComboBox>(rows().constFirst(), "launchType"));
    QTest::keyClicks(QApplication::focusWidget(), s("noop"));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    QCOMPARE(QApplication::focusWidget(), childOf<QSpinBox>(rows().constFirst(), "launchCount"));
    QTest::keyClicks(QApplication::focusWidget(), s("4"));
    // Tab reaches every control, in reading order.
    QStringList reached;
    for (int i = 0; i < 12; ++i) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        reached.append(QApplication::focusWidget()->objectName());
    }
    for (const char *name :
         {"launchMode", "launchMemory", "launchMore", "addPoolRowButton", "launchButton", "cancelLaunchButton"}) {
        QVERIFY2(reached.contains(s(name)), name);
    }
    QVERIFY(reached.indexOf(s("launchMore")) < reached.indexOf(s("addPoolRowButton")));
    QVERIFY(reached.indexOf(s("addPoolRowButton")) < reached.indexOf(s("launchButton")));
    QTest::keyClick(m_dialog.get(), Qt::Key_Escape);
    QVERIFY(!m_dialog->isVisible());
    QVERIFY(m_launched.isEmpty());
}

void TestLaunching::allControlsHaveNames()
{
    openDialog();
    for (QWidget *widget : m_dialog->findChildren<QWidget *>()) {
        if (widget->focusPolicy() != Qt::NoFocus && widget->isVisible() && !qobject_cast<QLineEdit *>(widget)) {
            QVERIFY2(!widget->accessibleName().isEmpty() || qobject_cast<QPushButton *>(widget),
                     qPrintable(widget->objectName()));
            QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
        }
    }
}

QTEST_MAIN(TestLaunching)
#include "tst_launching.moc"
