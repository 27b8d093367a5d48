// SPDX-License-Identifier: GPL-3.0-or-later
// Tests with real kernels that the output of cells is complete, in order, and limited.
#include "tests/support/longtests.h"
#include "tests/support/notebooktest.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestNotebookOutput : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void floodsAreComplete_data();
    void floodsAreComplete();
    void outputIsLimited_data();
    void outputIsLimited();
    void clearedOutputDoesNotCount();
    void outputOfProcessesIsComplete();
    void outputIsInOrder();
    void progressBarsAreShownAsInJupyter();
    void sameNotebookHasTheSameOutput();
};

void TestNotebookOutput::floodsAreComplete_data()
{
    QTest::addColumn<QByteArray>("notebook");
    QTest::addColumn<QByteArray>("part");
    QTest::addColumn<int>("count");
    QTest::addColumn<QByteArray>("end");
    const auto file = [](const char *name) { return notebookData(s("flood/") + s(name)); };
    QTest::newRow("flushed lines") << file("flushed.ipynb") << QByteArray("row ") << 20000 << QByteArray("lastrowword");
    QTest::newRow("displays") << file("displays.ipynb") << QByteArray("item ") << 4000 << QByteArray("lastitemword");
    QTest::newRow("progress bar") << file("progress.ipynb") << QByteArray("% done") << 5000 << QByteArray("barendword");
    // Threads do not wait for the kernel's own flushing, so this is as fast as messages can be sent.
    QTest::newRow("displays of threads") << notebook(
        {"from threading import Thread\nfrom IPython.display import display\n"
         "work = [Thread(target=lambda: [display('shown') for i in range(3000)]) for t in range(2)]\n"
         "for thread in work: thread.start()\nfor thread in work: thread.join()\nprint('threads ended')"})
                                         << QByteArray("'shown'") << 6000 << QByteArray("threads ended");
}

void TestNotebookOutput::floodsAreComplete()
{
    QFETCH(QByteArray, notebook);
    QFETCH(QByteArray, part);
    QFETCH(int, count);
    QFETCH(QByteArray, end);
    QVERIFY(!notebook.isEmpty());
    const auto result = convert(notebook, "notebook");
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    QCOMPARE(result->notes, QStringList());
    const QList<QJsonObject> cells = cellsOf(output());
    const QByteArray text = QJsonDocument(cells.at(0).value(s("outputs")).toArray()).toJson();
    QCOMPARE(text.count(part), count);
    QVERIFY(text.contains(end));
    if (cells.size() > 1)
        QCOMPARE(printedBy(cells.at(1)), s("nextcellword\n"));
}

void TestNotebookOutput::outputIsLimited_data()
{
    QTest::addColumn<QByteArray>("cell");
    QTest::newRow("one text") << QByteArray("print('x' * 100_000_000)");
    QTest::newRow("displays") << QByteArray(
        "from IPython.display import HTML, display\nfor i in range(100): display(HTML('x' * 1_000_000))");
    if (!isLongRun()) // the others are variants of these, and each starts a kernel
        return;
    QTest::newRow("many lines") << QByteArray("for i in range(1000): print('x' * 99_999)");
}

void TestNotebookOutput::outputIsLimited()
{
    QFETCH(QByteArray, cell);
    const auto result = convert(notebook({cell, "print('next')"}), "notebook");
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    QCOMPARE(result->notes.size(), 1);
    QVERIFY2(result->notes.constFirst().startsWith(s("The output of cell 1 is too large: 6")),
             qPrintable(result->notes.constFirst()));
    QVERIFY(output().size() < 40'000'000);
    QVERIFY(output().contains("The output was cut off here: 6"));
    QCOMPARE(printedBy(cellsOf(output()).at(1)), s("next\n"));
}

void TestNotebookOutput::clearedOutputDoesNotCount()
{
    const auto result = convert(
        notebook({"from IPython.display import clear_output, display\n"
                  "for i in range(40):\n    clear_output(wait=True)\n    print('x' * 1_000_000)\nprint('end')",
                  // Output that was cut and then cleared is not missing.
                  "print('x' * 40_000_000)\nclear_output(wait=True)\nprint('y' * 20_000_000)",
                  "handle = display('first', display_id=True)\nfor i in range(100): handle.update(f'version {i}')"}),
        "notebook");
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    QCOMPARE(result->notes, QStringList());
    QCOMPARE(printedBy(cellsOf(output()).at(0)).size(), 1'000'005);
    QCOMPARE(printedBy(cellsOf(output()).at(1)).size(), 20'000'001);
    QVERIFY(output().contains("version 99") && !output().contains("version 98") && !output().contains("first'\""));
}

void TestNotebookOutput::outputOfProcessesIsComplete()
{
    // The characters of two bytes are cut by reads of 1,000 bytes, at which the own function of the kernel stops.
    const QByteArray script = "printf x; for i in 1 2 3 4 5 6 7 8 9; do printf '%0.sä' $(seq 777); done";
    const auto result = convert(notebook({"import os, subprocess\ncode = os.system(\"\"\"" + script + "\"\"\")",
                                          "import os\ncode = os.system('echo last')"}),
                                "notebook");
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    const QList<QJsonObject> cells = cellsOf(output());
    QCOMPARE(printedBy(cells.at(0)).count(s("ä")), 9 * 777);
    QCOMPARE(printedBy(cells.at(1)), s("last\n"));
}

void TestNotebookOutput::outputIsInOrder()
{
    const auto result = convert(
        notebook({"import sys\nfor i in range(20):\n    print('out', i)\n    print('err', i, file=sys.stderr)"}),
        "notebook");
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    QString expected;
    for (int i = 0; i < 20; ++i)
        expected += s("out %1\nerr %1\n").arg(i);
    QCOMPARE(printedBy(cellsOf(output()).at(0)), expected);
}

void TestNotebookOutput::progressBarsAreShownAsInJupyter()
{
    const QByteArray cell = "print('10 %\\r100 %\\rdone')\nprint('abcd\\b\\bX\\r\\nend')";
    QVERIFY(convert(notebook({cell}), "markdown"));
    QVERIFY2(output().contains("    done%\n    abX\n    end\n"), output().constData());
    QVERIFY(convert(notebook({cell}), "notebook"));
    QCOMPARE(printedBy(cellsOf(output()).at(0)), s("10 %\r100 %\rdone\nabcd\b\bX\r\nend\n"));
}

void TestNotebookOutput::sameNotebookHasTheSameOutput()
{
    const QByteArray notebook = test::notebook(
        {"# Text",
         "import sys, warnings\nwarnings.warn('careful')\nprint({'a', 'b', 'c', 'd'})\nprint('e', file=sys.stderr)",
         "from IPython.display import HTML, display\nhandle = display(HTML('<b>x</b>'), display_id=True)"});
    // tst_convertercontract compares pages, too.
    const QList<const char *> formats = isLongRun() ? QList<const char *>{"notebook", "html"}
                                                    : QList<const char *>{"notebook"};
    for (const char *format : formats) {
        QVERIFY(convert(notebook, format));
        const QByteArray first = output();
        QVERIFY(convert(notebook, format));
        QCOMPARE(output(), first);
    }
}

QTEST_GUILESS_MAIN(TestNotebookOutput)
#include "tst_notebookoutput.moc"
