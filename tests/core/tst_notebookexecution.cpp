// SPDX-License-Identifier: GPL-3.0-or-later
// Tests with real kernels that cells which end the kernel or wait for input fail by name.
#include "tests/support/longtests.h"
#include "tests/support/notebooktest.h"

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
    QTest::newRow("os._exit() in the last cell") << notebook({"import os\nprint('sent')\nos._exit(0)"}) << s("sent\n");
    QTest::newRow("an exit code is an error")
        << notebook({"import sys\nsys.exit(3)"}) << s("cell 1, line 2: `sys.exit(3)` – SystemExit: 3");
    QTest::newRow("the kernel is kept") << notebook({"exit(True)", "print('goes on')"}) << s("goes on\n");
    if (!isLongRun()) // the others are variants of these, and each starts a kernel
        return;
    QTest::newRow("sys.exit(0) in the last cell") << notebook({"import sys\nsys.exit(0)"}) << QString();
    QTest::newRow("exit() before cells without code") << notebook({"print('a')\nexit()", "# Text", "  \n"}) << s("a\n");
    QTest::newRow("an exit message is an error") << notebook({"import sys\nsys.exit('no data')"})
                                                 << s("cell 1, line 2: `sys.exit('no data')` – SystemExit: no data");
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
    QTest::newRow("getpass") << QByteArray("import getpass\ngetpass.getpass()") << s("line 2: `getpass.getpass()`");
    QTest::newRow("breakpoint()") << QByteArray("x = 1\nbreakpoint()\nprint(x)") << s("line 2: `breakpoint()`");
    QTest::newRow("shell command") << QByteArray("!read x; echo got $x") << s("line 1: `!read x; echo got $x`");
    QTest::newRow("program of a shell command")
        << QByteArray("print(1)\n!python3 -c 'input()'") << s("line 2: `!python3 -c 'input()'`");
    QTest::newRow("assigned shell command") << QByteArray("lines = !cat\nprint(lines)") << s("line 1: `lines = !cat`");
    QTest::newRow("shell script") << QByteArray("%%bash\necho begin\nread x\necho \"got $x\"") << s("line 3: `read x`");
    QTest::newRow("long shell script") << QByteArray("%%bash\n") + QByteArray("# a long line\n").repeated(20'000)
                                              + "read x\necho \"got $x\""
                                       << s("line 20002: `read x`");
    if (!isLongRun()) // the others are variants of these, and each starts a kernel
        return;
    QTest::newRow("input() in a function")
        << QByteArray("def ask():\n    return input()\n\nask()") << s("line 2: `return input()`");
    QTest::newRow("pdb") << QByteArray("import pdb\nfor i in range(3):\n    pdb.set_trace()\n    print(i)")
                         << s("line 3: `pdb.set_trace()`");
    QTest::newRow("password of a program") << QByteArray("!python3 -c 'import getpass; getpass.getpass()'")
                                           << s("line 1: `!python3 -c 'import getpass; getpass.getpass()'`");
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

QTEST_GUILESS_MAIN(TestNotebookExecution)
#include "tst_notebookexecution.moc"
