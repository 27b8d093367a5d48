// SPDX-License-Identifier: GPL-3.0-or-later
// Tests with real kernels that cells which end the kernel or wait for input fail by name, and that the output of cells
// is complete.
#include "core/worker/jobfiles.h"
#include "tests/support/notebooktest.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestNotebookExecution : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void cellThatEndsTheKernelIsNamed_data();
    void cellThatEndsTheKernelIsNamed();
    void cellThatWaitsForInputIsNamed_data();
    void cellThatWaitsForInputIsNamed();
    void commandsThatDoNotReadAreRun();
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

void TestNotebookExecution::cellThatEndsTheKernelIsNamed_data()
{
    QTest::addColumn<QByteArray>("notebook");
    QTest::addColumn<QString>("result"); // what the cells print, or the error
    const auto file = [](const char *name) { return notebookData(s("exit/") + s(name)); };
    const QString remove = s(" Remove the call, or move it to the last cell.");
    QTest::newRow("exit() in the middle")
        << file("middle.ipynb")
        << s("cell 2, line 1: `exit()` ended the notebook, so the cells after it were not executed.") + remove;
    QTest::newRow("sys.exit() in a condition") << file("conditional.ipynb")
                                               << s("cell 2, line 3: `print(\"uniformword\"); sys.exit()` ended the "
                                                    "notebook, so the cells after it were not executed.")
                                                      + remove;
    QTest::newRow("os._exit()")
        << file("hard.ipynb")
        << s("cell 2, line 2: `os._exit(0)` ended the notebook, so the cells after it were not executed.") + remove;
    QTest::newRow("quit() in the last cell") << file("last.ipynb") << s("victorword\n");
    QTest::newRow("a notebook after these") << file("after.ipynb") << s("xrayword\n");
    QTest::newRow("sys.exit() in the last cell")
        << notebook({"import sys\nprint('last')\nsys.exit()", "# Text after it"}) << s("last\n");
    QTest::newRow("sys.exit(0) in the last cell") << notebook({"import sys\nsys.exit(0)"}) << QString();
    QTest::newRow("os._exit() in the last cell") << notebook({"import os\nprint('sent')\nos._exit(0)"}) << s("sent\n");
    QTest::newRow("exit() before cells without code") << notebook({"print('a')\nexit()", "# Text", "  \n"}) << s("a\n");
    QTest::newRow("an exit code is an error")
        << notebook({"import sys\nsys.exit(3)"}) << s("cell 1, line 2: `sys.exit(3)` – SystemExit: 3");
    QTest::newRow("an exit message is an error") << notebook({"import sys\nsys.exit('no data')"})
                                                 << s("cell 1, line 2: `sys.exit('no data')` – SystemExit: no data");
    QTest::newRow("the kernel is kept") << notebook({"exit(True)", "print('goes on')"}) << s("goes on\n");
}

void TestNotebookExecution::cellThatEndsTheKernelIsNamed()
{
    QFETCH(QByteArray, notebook);
    QFETCH(QString, result);
    const auto converted = convert(notebook, "notebook");
    if (!converted) {
        QCOMPARE(converted.error().message, result);
        QVERIFY(output().isEmpty());
        return;
    }
    QString printed;
    const QList<QJsonObject> cells = cellsOf(output());
    for (const QJsonObject &cell : cells)
        printed += printedBy(cell);
    QCOMPARE(printed, result);
    QVERIFY2(!output().contains("SystemExit"), output().constData());
}

void TestNotebookExecution::cellThatWaitsForInputIsNamed_data()
{
    QTest::addColumn<QByteArray>("cell");
    QTest::addColumn<QString>("place");
    QTest::newRow("input()") << QByteArray("x = 1\nname = input('Name?')") << s("line 2: `name = input('Name?')`");
    QTest::newRow("input() in a function")
        << QByteArray("def ask():\n    return input()\n\nask()") << s("line 2: `return input()`");
    QTest::newRow("getpass") << QByteArray("import getpass\ngetpass.getpass()") << s("line 2: `getpass.getpass()`");
    QTest::newRow("breakpoint()") << QByteArray("x = 1\nbreakpoint()\nprint(x)") << s("line 2: `breakpoint()`");
    QTest::newRow("pdb") << QByteArray("import pdb\nfor i in range(3):\n    pdb.set_trace()\n    print(i)")
                         << s("line 3: `pdb.set_trace()`");
    QTest::newRow("shell command") << QByteArray("!read x; echo got $x") << s("line 1: `!read x; echo got $x`");
    QTest::newRow("program of a shell command")
        << QByteArray("print(1)\n!python3 -c 'input()'") << s("line 2: `!python3 -c 'input()'`");
    QTest::newRow("password of a program") << QByteArray("!python3 -c 'import getpass; getpass.getpass()'")
                                           << s("line 1: `!python3 -c 'import getpass; getpass.getpass()'`");
    QTest::newRow("assigned shell command") << QByteArray("lines = !cat\nprint(lines)") << s("line 1: `lines = !cat`");
    QTest::newRow("shell script") << QByteArray("%%bash\necho begin\nread x\necho \"got $x\"") << s("line 3: `read x`");
    QTest::newRow("long shell script") << QByteArray("%%bash\n") + QByteArray("# a long line\n").repeated(20'000)
                                              + "read x\necho \"got $x\""
                                       << s("line 20002: `read x`");
    QTest::newRow("shell script whose errors are ignored")
        << QByteArray("%%bash --no-raise-error\nread x") << s("line 2: `read x`");
}

void TestNotebookExecution::cellThatWaitsForInputIsNamed()
{
    QFETCH(QByteArray, cell);
    QFETCH(QString, place);
    const auto result = convert(notebook({"1", cell}), "html");
    QVERIFY(!result);
    QCOMPARE(result.error().message,
             s("cell 2, ") + place
                 + s(" waits for input, but nobody can type while a job runs. Assign a value instead, or leave the "
                     "cell out."));
}

void TestNotebookExecution::commandsThatDoNotReadAreRun()
{
    const QByteArray longComment = QByteArray("# a line of a long script\n").repeated(10'000); // longer than an
                                                                                               // argument
    const QByteArray cell =
        "!printf 'one\\ntwo\\n'; printf '\\303\\244\\n'; test -t 1 && echo terminal\n"
        "!exit 3\nprint(_exit_code)\n!kill -TERM $$\nprint(_exit_code)\nlines = !seq 2\nprint(lines)";
    const auto result = convert(
        notebook({cell, "%%bash\nx=5\nfor i in 1 2; do\n  echo $i $x $0\ndone\necho error >&2",
                  "%%sh\ncat <<END\nhere\nEND\necho piped | cat",
                  // Checks whether there is input, as ffmpeg does, but does not read it.
                  "!python3 -c 'import select, sys; print(select.select([sys.stdin], [], [], 0)[0])'",
                  "%%bash\n" + longComment + "echo $0 long"}),
        "notebook");
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    const QList<QJsonObject> cells = cellsOf(output());
    QCOMPARE(printedBy(cells.at(0)), s("one\ntwo\nä\nterminal\n3\n-15\n['1', '2']\n"));
    QCOMPARE(printedBy(cells.at(1)), s("1 5 bash\n2 5 bash\nerror\n"));
    QCOMPARE(printedBy(cells.at(2)), s("here\npiped\n"));
    QCOMPARE(printedBy(cells.at(3)), s("[]\n"));
    QCOMPARE(printedBy(cells.at(4)), s("bash long\n"));
}

void TestNotebookExecution::floodsAreComplete_data()
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

void TestNotebookExecution::floodsAreComplete()
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

void TestNotebookExecution::outputIsLimited_data()
{
    QTest::addColumn<QByteArray>("cell");
    QTest::newRow("one text") << QByteArray("print('x' * 100_000_000)");
    QTest::newRow("many lines") << QByteArray("for i in range(1000): print('x' * 99_999)");
    QTest::newRow("displays") << QByteArray(
        "from IPython.display import HTML, display\nfor i in range(100): display(HTML('x' * 1_000_000))");
}

void TestNotebookExecution::outputIsLimited()
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

void TestNotebookExecution::clearedOutputDoesNotCount()
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

void TestNotebookExecution::outputOfProcessesIsComplete()
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

void TestNotebookExecution::outputIsInOrder()
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

void TestNotebookExecution::progressBarsAreShownAsInJupyter()
{
    const QByteArray cell = "print('10 %\\r100 %\\rdone')\nprint('abcd\\b\\bX\\r\\nend')";
    QVERIFY(convert(notebook({cell}), "markdown"));
    QVERIFY2(output().contains("    done%\n    abX\n    end\n"), output().constData());
    QVERIFY(convert(notebook({cell}), "notebook"));
    QCOMPARE(printedBy(cellsOf(output()).at(0)), s("10 %\r100 %\rdone\nabcd\b\bX\r\nend\n"));
}

void TestNotebookExecution::sameNotebookHasTheSameOutput()
{
    const QByteArray notebook = test::notebook(
        {"# Text",
         "import sys, warnings\nwarnings.warn('careful')\nprint({'a', 'b', 'c', 'd'})\nprint('e', file=sys.stderr)",
         "from IPython.display import HTML, display\nhandle = display(HTML('<b>x</b>'), display_id=True)"});
    for (const char *format : {"html", "notebook"}) {
        QVERIFY(convert(notebook, format));
        const QByteArray first = output();
        QVERIFY(convert(notebook, format));
        QCOMPARE(output(), first);
    }
}

QTEST_GUILESS_MAIN(TestNotebookExecution)
#include "tst_notebookexecution.moc"
