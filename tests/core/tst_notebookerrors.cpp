// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the errors of notebooks that cannot be converted: one line each, for the row of the job.
#include "core/config/jobtypes.h"
#include "core/tools/missingtools.h"
#include "core/worker/jobfiles.h"
#include "core/worker/notebookerrors.h"
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
    void messageNamesThePositionAndTheError_data();
    void messageNamesThePositionAndTheError();
    void errorNamesTheFailingLine_data();
    void errorNamesTheFailingLine();
    void unreadableNotebooksAreReported_data();
    void unreadableNotebooksAreReported();
    void missingKernelsAreReported();
    void kernelsOfDecksAreNotReplaced();
    void missingNbconvertIsReported();
};

void TestNotebookErrors::messageNamesThePositionAndTheError_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("message");
    QTest::newRow("error in a cell") << QByteArray(
        R"({"code":"cell_failed","cell":4,"line":2,"source":"1/0","error":"ZeroDivisionError","message":"division by zero"})")
                                     << s("cell 4, line 2: `1/0` – ZeroDivisionError: division by zero");
    QTest::newRow("error in a cell of a script") << QByteArray(
        R"({"code":"cell_failed","cell":4,"line":2,"file_line":27,"source":"1/0","error":"E","message":""})")
                                                 << s("cell 4, line 2 (line 27 of the file): `1/0` – E");
    QTest::newRow("unknown line") << QByteArray(
        R"_({"code":"cell_failed","cell":4,"line":0,"source":"f%1()","error":"E","message":"100%2"})_")
                                  << s("cell 4: `f%1()` – E: 100%2");
    QTest::newRow("killed kernel") << QByteArray(R"({"code":"kernel_died","cell":2,"how":"SIGKILL"})")
                                   << s("cell 2: the kernel was killed (SIGKILL), often because the memory ran out.");
    QTest::newRow("crashed kernel") << QByteArray(R"({"code":"kernel_died","how":"SIGSEGV"})")
                                    << s("The kernel died (SIGSEGV).");
    QTest::newRow("missing kernel") << QByteArray(
        R"({"code":"kernel_missing","kernel":"python3","language":"python","installed":[]})")
                                    << s("The kernel 'python3' is not installed. Installed kernels: none. To install "
                                         "it: apt install python3-ipykernel");
    QTest::newRow("missing kernel of an unknown language")
        << QByteArray(R"({"code":"kernel_missing","kernel":"x","language":"","installed":["a","b"]})")
        << s("The kernel 'x' is not installed. Installed kernels: a, b.");
    QTest::newRow("newer format")
        << QByteArray(R"({"code":"format_too_new","version":5,"known":4})")
        << s("The notebook has format version 5, but the installed nbformat supports only versions up to 4.");
    QTest::newRow("full disk") << QByteArray(R"({"code":"write_failed","reason":"No space left on device","errno":28})")
                               << s("The output cannot be written: No space left on device.");
    QTest::newRow("internal error") << QByteArray(R"({"code":"internal_error","error":"KeyError","message":"'x'"})")
                                    << s("nbconvert failed with an internal error: KeyError: 'x'");
    QTest::newRow("unknown code") << QByteArray(R"({"code":"unknown","error":"","message":"hm"})")
                                  << s("nbconvert failed with an internal error: hm");
}

void TestNotebookErrors::messageNamesThePositionAndTheError()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, message);
    QJsonObject facts = QJsonDocument::fromJson(json).object();
    facts.insert(s("detail"), s("the traceback"));
    const Error error = notebookError(facts);
    QCOMPARE(error.message, message);
    QCOMPARE(error.detail, s("the traceback"));
    QVERIFY(!error.message.contains(u'\n'));
}

void TestNotebookErrors::errorNamesTheFailingLine_data()
{
    QTest::addColumn<QByteArray>("cell");
    QTest::addColumn<QString>("message");
    QTest::newRow("error in the second line")
        << QByteArray("x = 0\n1/x") << s("cell 3, line 2: `1/x` – ZeroDivisionError: division by zero");
    QTest::newRow("in a function of the cell")
        << QByteArray("def f():\n    return [][1]\n\nf()")
        << s("cell 3, line 2: `return [][1]` – IndexError: list index out of range");
    QTest::newRow("in a function of another cell")
        << QByteArray("\nbad()") << s("cell 3, line 2: `bad()` – KeyError: 'nothing'");
    QTest::newRow("in a library")
        << QByteArray("import json\njson.loads('x')")
        << s("cell 3, line 2: `json.loads('x')` – JSONDecodeError: Expecting value: line 1 column 1 (char 0)");
    QTest::newRow("syntax error") << QByteArray("a = 1\ndef f(:")
                                  << s("cell 3, line 2: `def f(:` – SyntaxError: invalid syntax");
    QTest::newRow("missing module")
        << QByteArray("import no_such_module")
        << s("cell 3, line 1: `import no_such_module` – ModuleNotFoundError: No module named 'no_such_module'");
    QTest::newRow("cell that exits") << QByteArray("raise SystemExit(3)")
                                     << s("cell 3, line 1: `raise SystemExit(3)` – SystemExit: 3");
    QTest::newRow("message of several lines") << QByteArray("raise ValueError('one\\ntwo')")
                                              << s("cell 3, line 1: `raise ValueError('one\\ntwo')` – ValueError: one");
}

void TestNotebookErrors::errorNamesTheFailingLine()
{
    QFETCH(QByteArray, cell);
    QFETCH(QString, message);
    const auto result = convert(notebook({"# Text", "def bad():\n    {}['nothing']", cell}), "html");
    QVERIFY(!result);
    QCOMPARE(result.error().message, message);
    QCOMPARE(result.error().code, ErrorCode::ToolFailed);
    QVERIFY2(result.error().detail.contains(message.section(s(" – "), 1).section(u':', 0, 0)),
             qPrintable(result.error().detail));
    QVERIFY2(!result.error().detail.contains(QChar(0x1b)), "the traceback must not contain escape sequences");
    QVERIFY(output().isEmpty());
}

void TestNotebookErrors::unreadableNotebooksAreReported_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QString>("message");
    QTest::newRow("empty file") << s("a.ipynb") << QByteArray("\n") << s("The file is empty.");
    QTest::newRow("invalid JSON") << s("a.ipynb") << QByteArray("{\n \"cells\": [,]\n}")
                                  << s("not valid JSON (line 2, column 12)");
    QTest::newRow("other JSON") << s("a.ipynb") << QByteArray("{\"a\": 1}") << s("not a notebook");
    QTest::newRow("no cells") << s("a.ipynb") << notebook({}) << s("The notebook has no cells.");
    QTest::newRow("newer notebook format")
        << s("a.ipynb") << QByteArray(R"({"nbformat": 5, "nbformat_minor": 0, "cells": []})") << s("format version 5");
    QTest::newRow("unknown type of cell")
        << s("a.ipynb") << QByteArray(R"({"nbformat": 4, "cells": [{"cell_type": "magic", "source": ""}]})")
        << s("(cell 1): cell_type \"magic\"");
    QTest::newRow("script without cells")
        << s("a.py") << QByteArray("print(1)\n# %%bash\n") << s("no line begins with '# %%'");
    QTest::newRow("invalid cell header") << s("a.py") << QByteArray("# %%\n1\n\n# %% tags=[\"slide\", \n2\n")
                                         << s("line 4: the cell header cannot be read: tags=[\"slide\",");
    QTest::newRow("no cell of the kind and the language")
        << s("a.py") << QByteArray("# %% lang=\"de\"\n1\n")
        << s("No cell of the notebook belongs to the kind 'completed' and the language 'en'.");
}

void TestNotebookErrors::unreadableNotebooksAreReported()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, data);
    QFETCH(QString, message);
    const auto result = convert(data, "html", {{s("kind"), s("completed")}, {s("language"), s("en")}},
                                m_folder->filePath(name));
    QVERIFY(!result);
    QVERIFY2(result.error().message.contains(message), qPrintable(result.error().message));
    QVERIFY(output().isEmpty());
}

void TestNotebookErrors::missingKernelsAreReported()
{
    const auto metadata = [](const char *name, const char *language, const char *version = "") {
        return QJsonObject{{s("kernelspec"), QJsonObject{{s("name"), s(name)}, {s("language"), s(language)}}},
                           {s("language_info"), QJsonObject{{s("name"), s(language)}, {s("version"), s(version)}}}};
    };
    const auto missing = convert(notebook({"int x = 1;"}, metadata("xcpp17", "C++17")));
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, ErrorCode::RequirementMissing); // other jobs may need another kernel
    QVERIFY2(missing.error().message.startsWith(s("The kernel 'xcpp17' is not installed. Installed kernels: ")),
             qPrintable(missing.error().message));
    QVERIFY2(missing.error().message.contains(s("python3")) && missing.error().message.contains(s("xeus-cling")),
             qPrintable(missing.error().message));
    // This conversion runs no cells, so it needs no kernel.
    QVERIFY(convert(notebook({"int x = 1;"}, metadata("xcpp17", "C++17")), "script"));
    QVERIFY(!convert(notebook({"print 'two'"}, metadata("python2", "python", "2.7.18"))));
    // Kernels named after an environment of another machine are replaced by one for the same language.
    const auto replaced = convert(notebook({"40 + 2"}, metadata("conda-env-course-py", "python", "3.9.1")));
    QVERIFY(replaced);
    QVERIFY(output().contains("42"));
    QCOMPARE(replaced->notes,
             QStringList{s("The kernel 'conda-env-course-py' is not installed. The notebook was run by "
                           "'python3', another kernel for its language.")});
    // There is no code to run.
    QVERIFY(convert(notebook({"# Only text"}, metadata("xcpp17", "C++17"))));
}

/// A deck of CLM is for a certain version of C++: a kernel for another version is no substitute.
void TestNotebookErrors::kernelsOfDecksAreNotReplaced()
{
    QVERIFY(QDir().mkpath(path("kernels/xcpp17")));
    QVERIFY(writeOutput(path("kernels/xcpp17/kernel.json"),
                        R"({"argv": ["/bin/false"], "display_name": "C++17", "language": "C++17"})"));
    QVERIFY(close());
    createConverter();
    qputenv("JUPYTER_PATH", m_folder->path().toLocal8Bit());
    const auto result = convert("// %%\nint x;\n", "html",
                                {{s("template_fingerprint"), s("T")},
                                 {s("kind"), s("completed")},
                                 {s("language"), s("en")},
                                 {s("prog_lang"), s("cpp")}},
                                path("deck.cpp"));
    qunsetenv("JUPYTER_PATH");
    QVERIFY(close());
    createConverter();
    QVERIFY(!result);
    QVERIFY2(result.error().message.startsWith(s("The kernel 'xcpp20' is not installed. Installed kernels: "))
                 && result.error().message.contains(s("xcpp17")),
             qPrintable(result.error().message));
}

void TestNotebookErrors::missingNbconvertIsReported()
{
    QVERIFY(close());
    createConverter();
    qputenv("LIFEGUARD_PYTHON", "/nonexistent/python3");
    const auto noPython = convertScript("1");
    const QString missing = missingTools(s("notebook"));
    qunsetenv("LIFEGUARD_PYTHON");
    QVERIFY(!noPython);
    QCOMPARE(noPython.error().code, ErrorCode::ToolMissing);
    QVERIFY2(missing.contains(s("/nonexistent/python3")), qPrintable(missing));
    // A Python that cannot import nbconvert: here it finds a broken module first.
    QVERIFY(QDir().mkpath(path("broken")));
    QVERIFY(writeOutput(path("broken/nbconvert.py"),
                        "raise ModuleNotFoundError(\"No module named 'nbconvert'\", name='nbconvert')\n"));
    qputenv("PYTHONPATH", path("broken").toLocal8Bit());
    const auto noModule = convertScript("1");
    qunsetenv("PYTHONPATH");
    QVERIFY(!noModule);
    QCOMPARE(noModule.error().code, ErrorCode::ToolMissing);
    QCOMPARE(noModule.error().message, s("nbconvert cannot be used (no module 'nbconvert'). Install it: apt install "
                                         "jupyter-nbconvert python3-ipykernel"));
    // A version of nbconvert that embeds pictures in a way that is not known.
    QVERIFY(QDir().mkpath(path("renamed")));
    QVERIFY(
        writeOutput(path("renamed/sitecustomize.py"),
                    "from nbconvert.filters.markdown_mistune import IPythonRenderer\n"
                    "IPythonRenderer.embed = IPythonRenderer._src_to_base64\ndel IPythonRenderer._src_to_base64\n"));
    qputenv("PYTHONPATH", path("renamed").toLocal8Bit());
    const auto renamed = convertScript("1");
    qunsetenv("PYTHONPATH");
    QVERIFY(!renamed);
    QCOMPARE(renamed.error().code, ErrorCode::ToolMissing);
    QVERIFY2(renamed.error().message.contains(s("has no function IPythonRenderer._src_to_base64")),
             qPrintable(renamed.error().message));
    QVERIFY(convertScript("1")); // as if it had been installed in the meantime
}

QTEST_GUILESS_MAIN(TestNotebookErrors)
#include "tst_notebookerrors.moc"
