// SPDX-License-Identifier: GPL-3.0-or-later
// What the launch dialog launches and remembers, its rows, and that it can be used without a mouse.
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
    void initTestCase() { beginAll(); }
    void init() { begin(); }
    void cleanup() { end(); }
    void severalAreLaunched();
    void refusedStayWithTheReason();
    void lastTimeIsOffered();
    void rowsComeAndGo();
    void fitsWithoutScrolling();
    void memoryOfTheMachine();
    void commandsComeBackAsTheyWere();
    void byKeyboard();
    void everythingHasAName();
};

void TestLaunching::severalAreLaunched()
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

void TestLaunching::refusedStayWithTheReason()
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

void TestLaunching::lastTimeIsOffered()
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
        settings.setValue(s("pool"), s("not a type!=2"));
        settings.endArray();
    }
    open();
    QVERIFY(!m_dialog->findChild<QPushButton *>(s("launchAgainButton"))->isVisible());
}

void TestLaunching::rowsComeAndGo()
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

void TestLaunching::fitsWithoutScrolling()
{
    LaunchContext context;
    context.pendingJobs = {{s("mine"), 3}, {s("noop"), 12}};
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

void TestLaunching::memoryOfTheMachine()
{
    open();
    auto *hint = m_dialog->findChild<QLabel *>(s("launchMemoryHint"));
    QVERIFY(!hint->isVisible());
    in<QSpinBox>(rows().first(), "launchCount")->setValue(1000);
    in<QSpinBox>(rows().first(), "launchMemory")->setValue(1'000'000);
    QVERIFY(hint->isVisible());
    QVERIFY2(ok()->isEnabled(), "it is a hint");
}

void TestLaunching::commandsComeBackAsTheyWere()
{
    open();
    WorkerConfig config;
    config.type = s("mine");
    config.command = {s("/opt/my tools/run"), s("--name"), s("a \"quoted\" word"), QString(), s("plain")};
    config.mode = ExecutionMode::Direct;
    rows().first()->setConfig(config);
    QCOMPARE(rows().first()->config().command, config.command);
}

void TestLaunching::byKeyboard()
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

void TestLaunching::everythingHasAName()
{
    open();
    for (QWidget *widget : m_dialog->findChildren<QWidget *>()) {
        if (widget->focusPolicy() != Qt::NoFocus && widget->isVisible() && !qobject_cast<QLineEdit *>(widget)) {
            QVERIFY2(!widget->accessibleName().isEmpty() || qobject_cast<QPushButton *>(widget), qPrintable(widget->objectName()));
            QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
        }
    }
}

QTEST_MAIN(TestLaunching)
#include "tst_launching.moc"
