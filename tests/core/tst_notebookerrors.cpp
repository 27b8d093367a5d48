// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of notebooks that cannot be converted: one line for the job's row that a stranger understands.
#include "core/config/jobtypes.h"
#include "core/tools/missingtools.h"
#include "core/worker/jobfiles.h"
#include "core/worker/notebookanswers.h"
#include "tests/support/notebooktest.h"

#include <QDir>
#include <QJsonDocument>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestNotebookErrors : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void answers_data();
    void answers();
    void failingCell_data();
    void failingCell();
    void unreadable_data();
    void unreadable();
    void kernels();
    void notInstalled();
};

void TestNotebookErrors::answers_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QString>("message");
    QTest::newRow("a cell") << QByteArray(R"({"what":"cell_failed","cell":4,"line":2,"source":"1/0","error":"ZeroDivisionError","words":"division by zero"})")
                            << s("cell 4, line 2: `1/0` – ZeroDivisionError: division by zero");
    QTest::newRow("of a script") << QByteArray(R"({"what":"cell_failed","cell":4,"line":2,"file_line":27,"source":"1/0","error":"E","words":""})")
                                 << s("cell 4, line 2 (line 27 of the file): `1/0` – E");
    QTest::newRow("no line") << QByteArray(R"_({"what":"cell_failed","cell":4,"line":0,"source":"f%1()","error":"E","words":"100%2"})_") << s("cell 4: `f%1()` – E: 100%2");
    QTest::newRow("memory") << QByteArray(R"({"what":"kernel_died","cell":2,"how":"SIGKILL"})")
                            << s("cell 2: the kernel was killed (SIGKILL): often because the memory ran out");
    QTest::newRow("crash") << QByteArray(R"({"what":"kernel_died","how":"SIGSEGV"})") << s("the kernel died (SIGSEGV)");
    QTest::newRow("kernel") << QByteArray(R"({"what":"no_kernel","kernel":"python3","language":"python","installed":[]})")
                            << s("the kernel 'python3' is not installed; installed: none (to install it: apt install python3-ipykernel)");
    QTest::newRow("unknown kernel") << QByteArray(R"({"what":"no_kernel","kernel":"x","language":"","installed":["a","b"]})")
                                    << s("the kernel 'x' is not installed; installed: a, b");
    QTest::newRow("format") << QByteArray(R"({"what":"too_new","version":5,"known":4})") << s("The notebook is of format 5; the nbformat installed here reads up to 4.");
    QTest::newRow("disk") << QByteArray(R"({"what":"not_written","reason":"No space left on device","full":true})")
                          << s("The output cannot be written: No space left on device.");
    QTest::newRow("inside") << QByteArray(R"({"what":"inside","error":"KeyError","words":"'x'"})") << s("nbconvert failed inside: KeyError: 'x'");
    QTest::newRow("of another version") << QByteArray(R"({"what":"nonsense","error":"","words":"hm"})") << s("nbconvert failed inside: : hm");
}

void TestNotebookErrors::answers()
{
    QFETCH(QByteArray, answer);
    QFETCH(QString, message);
    QJsonObject facts = QJsonDocument::fromJson(answer).object();
    facts.insert(s("detail"), s("all of it"));
    const Error error = notebookError(facts);
    QCOMPARE(error.message, message);
    QCOMPARE(error.detail, s("all of it"));
    QVERIFY(!error.message.contains(u'\n'));
}

void TestNotebookErrors::failingCell_data()
{
    QTest::addColumn<QByteArray>("cell");
    QTest::addColumn<QString>("message");
    QTest::newRow("plain") << QByteArray("x = 0\n1/x") << s("cell 3, line 2: `1/x` – ZeroDivisionError: division by zero");
    QTest::newRow("in a function of the cell") << QByteArray("def f():\n    return [][1]\n\nf()") << s("cell 3, line 2: `return [][1]` – IndexError: list index out of range");
    QTest::newRow("in a function of another cell") << QByteArray("\nbad()") << s("cell 3, line 2: `bad()` – KeyError: 'nothing'");
    QTest::newRow("in a library") << QByteArray("import json\njson.loads('x')") << s("cell 3, line 2: `json.loads('x')` – JSONDecodeError: Expecting value: line 1 column 1 (char 0)");
    QTest::newRow("syntax") << QByteArray("a = 1\ndef f(:") << s("cell 3, line 2: `def f(:` – SyntaxError: invalid syntax");
    QTest::newRow("module") << QByteArray("import no_such_module") << s("cell 3, line 1: `import no_such_module` – ModuleNotFoundError: No module named 'no_such_module'");
    QTest::newRow("end") << QByteArray("raise SystemExit(3)") << s("cell 3, line 1: `raise SystemExit(3)` – SystemExit: 3");
    QTest::newRow("words of many lines") << QByteArray("raise ValueError('one\\ntwo')") << s("cell 3, line 1: `raise ValueError('one\\ntwo')` – ValueError: one");
}

void TestNotebookErrors::failingCell()
{
    QFETCH(QByteArray, cell);
    QFETCH(QString, message);
    const auto result = convert(notebook({"# Text", "def bad():\n    {}['nothing']", cell}), "html");
    QVERIFY(!result);
    QCOMPARE(result.error().message, message);
    QCOMPARE(result.error().code, ErrorCode::ToolFailed);
    QVERIFY2(result.error().detail.contains(message.section(s(" – "), 1).section(u':', 0, 0)), qPrintable(result.error().detail));
    QVERIFY2(!result.error().detail.contains(QChar(0x1b)), "the traceback has colours of terminals in it");
    QVERIFY(output().isEmpty());
}

void TestNotebookErrors::unreadable_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QString>("message");
    QTest::newRow("empty file") << s("a.ipynb") << QByteArray("\n") << s("The file is empty.");
    QTest::newRow("broken JSON") << s("a.ipynb") << QByteArray("{\n \"cells\": [,]\n}") << s("broken JSON: line 2, column 12");
    QTest::newRow("JSON of something else") << s("a.ipynb") << QByteArray("{\"a\": 1}") << s("no notebook");
    QTest::newRow("no cells") << s("a.ipynb") << notebook({}) << s("The notebook has no cells.");
    QTest::newRow("newer") << s("a.ipynb") << QByteArray(R"({"nbformat": 5, "nbformat_minor": 0, "cells": []})") << s("of format 5");
    QTest::newRow("a cell of an unknown kind") << s("a.ipynb") << QByteArray(R"({"nbformat": 4, "cells": [{"cell_type": "magic", "source": ""}]})") << s("cell 1: cell_type \"magic\"");
    QTest::newRow("a plain script") << s("a.py") << QByteArray("print(1)\n# %%bash\n") << s("no line begins with '# %%'");
    QTest::newRow("a broken head") << s("a.py") << QByteArray("# %%\n1\n\n# %% tags=[\"slide\", \n2\n") << s("line 4: the head of this cell cannot be read: tags=[\"slide\",");
    QTest::newRow("nothing left") << s("a.py") << QByteArray("# %% lang=\"de\"\n1\n") << s("None of the notebook's 1 cells is left for kind 'completed', language 'en'.");
}

void TestNotebookErrors::unreadable()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, data);
    QFETCH(QString, message);
    const auto result = convert(data, "html", {{s("kind"), s("completed")}, {s("language"), s("en")}}, m_folder->filePath(name));
    QVERIFY(!result);
    QVERIFY2(result.error().message.contains(message), qPrintable(result.error().message));
    QVERIFY(output().isEmpty());
}

void TestNotebookErrors::kernels()
{
    const auto of = [](const char *name, const char *language, const char *version = "") {
        return QJsonObject{{s("kernelspec"), QJsonObject{{s("name"), s(name)}, {s("language"), s(language)}}},
                           {s("language_info"), QJsonObject{{s("name"), s(language)}, {s("version"), s(version)}}}};
    };
    const auto missing = convert(notebook({"int x = 1;"}, of("xcpp17", "C++17")));
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, ErrorCode::ToolMissing);
    QVERIFY2(missing.error().message.startsWith(s("the kernel 'xcpp17' is not installed; installed: ")), qPrintable(missing.error().message));
    QVERIFY2(missing.error().message.contains(s("python3")) && missing.error().message.contains(s("xeus-cling")), qPrintable(missing.error().message));
    QVERIFY(convert(notebook({"int x = 1;"}, of("xcpp17", "C++17")), "script")); // runs nothing, so it needs none
    QVERIFY(!convert(notebook({"print 'two'"}, of("python2", "python", "2.7.18"))));
    // The name of somebody's environment means nothing here.
    QVERIFY(convert(notebook({"40 + 2"}, of("conda-env-course-py", "python", "3.9.1"))));
    QVERIFY(output().contains("42"));
    // Nothing to run.
    QVERIFY(convert(notebook({"# Only text"}, of("xcpp17", "C++17"))));
}

void TestNotebookErrors::notInstalled()
{
    QVERIFY(close());
    renew();
    qputenv("LIFEGUARD_PYTHON", "/nonexistent/python3");
    const auto noPython = script("1");
    const QString missing = missingTools(s("notebook"));
    qunsetenv("LIFEGUARD_PYTHON");
    QVERIFY(!noPython);
    QCOMPARE(noPython.error().code, ErrorCode::ToolMissing);
    QVERIFY2(missing.contains(s("/nonexistent/python3")), qPrintable(missing));
    // A Python that does not have it: here one that finds another nbconvert first.
    QVERIFY(QDir().mkpath(path("broken")));
    QVERIFY(writeOutput(path("broken/nbconvert.py"), "raise ModuleNotFoundError(\"No module named 'nbconvert'\", name='nbconvert')\n"));
    qputenv("PYTHONPATH", path("broken").toLocal8Bit());
    const auto noModule = script("1");
    qunsetenv("PYTHONPATH");
    QVERIFY(!noModule);
    QCOMPARE(noModule.error().code, ErrorCode::ToolMissing);
    QCOMPARE(noModule.error().message, s("nbconvert cannot be used (no module 'nbconvert'): apt install jupyter-nbconvert python3-ipykernel"));
    QVERIFY(script("1")); // it has been installed meanwhile
}

QTEST_GUILESS_MAIN(TestNotebookErrors)
#include "tst_notebookerrors.moc"
