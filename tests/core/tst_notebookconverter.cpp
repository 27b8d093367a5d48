// SPDX-License-Identifier: GPL-3.0-or-later
// nbconvert itself, through the notebook converter; and what is said of its failures.
#include "core/config/jobtypes.h"
#include "core/worker/jobfiles.h"
#include "core/worker/notebookanswers.h"
#include "core/worker/notebookconverter.h"
#include "core/worker/notebooktools.h"
#include "tests/support/processes.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <sys/stat.h>
#include <utime.h>

using namespace lifeguard;

namespace {

QString s(const char *text)
{
    return QString::fromUtf8(text);
}

constexpr int patience = 120000; ///< a kernel starts in a second, and in many on a busy machine

/// A notebook (.ipynb) of code cells, or of cells given whole.
QByteArray notebook(const QList<QByteArray> &sources, const QJsonObject &metadata = {{s("kernelspec"), QJsonObject{{s("name"), s("python3")}, {s("language"), s("python")}}}})
{
    QJsonArray cells;
    for (const QByteArray &source : sources) {
        const bool isText = source.startsWith("# ");
        QJsonObject cell{{s("cell_type"), isText ? s("markdown") : s("code")}, {s("metadata"), QJsonObject()}, {s("source"), QString::fromUtf8(source)}};
        if (!isText) {
            cell.insert(s("outputs"), QJsonArray());
            cell.insert(s("execution_count"), QJsonValue());
        }
        cells.append(cell);
    }
    return QJsonDocument(QJsonObject{{s("nbformat"), 4}, {s("nbformat_minor"), 4}, {s("metadata"), metadata}, {s("cells"), cells}}).toJson();
}

const QByteArray course = R"(# %% [markdown] lang="en" tags=["slide"]
# # Hello world

# %% [markdown] lang="de" tags=["slide"]
# # Hallo Welt

# %% tags=["keep"]
kept = 20 + 2
print("kept", kept)

# %%
print("typed", kept * 2)

# %% tags=["alt"]
print("alternative")

# %% tags=["start"]
print("beginning")

# %% [markdown] tags=["notes"]
# Only for the speaker

# %% tags=["del"]
raise SystemExit("never")
)";

} // namespace

class TestNotebookConverter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answers_data();
    void answers();
    void formatsByName_data();
    void formatsByName();

    void initTestCase();
    void init();
    void cleanupTestCase();
    void formats_data();
    void formats();
    void percentScripts();
    void kindsAndLanguages_data();
    void kindsAndLanguages();
    void payloadSaysTheFormat();
    void failingCell_data();
    void failingCell();
    void unreadable_data();
    void unreadable();
    void kernels();
    void warmAndApart();
    void whereCellsRun();
    void leftBehindProcessesEnd();
    void kernelKilled();
    void helperKilled();
    void cancel();
    void notInstalled();
    void whatAKilledWorkerLeft();

private:
    void renew();
    bool close();
    void start(const QByteArray &data, const char *format, const QJsonObject &payload = {}, const QString &inputFile = {});
    Result<Conversion> convert(const QByteArray &data, const char *format = "markdown", const QJsonObject &payload = {}, const QString &inputFile = {});
    Result<Conversion> script(const QByteArray &cell) { return convert("# %%\n" + cell + "\n", "markdown", {}, path("in.py")); }
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    [[nodiscard]] QByteArray read(const char *name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    [[nodiscard]] QByteArray output() const { return read("out"); }
    /// The pid that a cell wrote into a file beside the input, once it is there.
    qint64 pidIn(const char *name)
    {
        return ::pidIn(path(name), patience);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<NotebookConverter> m_converter;
    std::optional<Result<Conversion>> m_result;
};

void TestNotebookConverter::answers_data()
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

void TestNotebookConverter::answers()
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

void TestNotebookConverter::formatsByName_data()
{
    QTest::addColumn<QString>("output");
    QTest::addColumn<QString>("inPayload");
    QTest::addColumn<QString>("format"); // empty: refused
    QTest::newRow("html") << s("a.html") << QString() << s("html");
    QTest::newRow("capitals") << s("a.HTML") << QString() << s("html");
    QTest::newRow("slides") << s("a.slides.html") << QString() << s("slides");
    QTest::newRow("notebook") << s("a.ipynb") << QString() << s("notebook");
    QTest::newRow("script") << s("a.py") << QString() << s("script");
    QTest::newRow("script of another language") << s("a.cpp") << QString() << s("script");
    QTest::newRow("markdown") << s("a.md") << QString() << s("markdown");
    QTest::newRow("the payload first") << s("a.html") << s("slides") << s("slides");
    QTest::newRow("CLX's code") << s("a.py") << s("code") << s("script");
    QTest::newRow("unknown in the payload") << s("a.html") << s("pdf") << QString();
    QTest::newRow("unknown name") << s("a.pdf") << QString() << QString();
}

void TestNotebookConverter::formatsByName()
{
    QFETCH(QString, output);
    QFETCH(QString, inPayload);
    QFETCH(QString, format);
    const auto found = notebookFormat(inPayload, formatOfOutput(*jobType(s("notebook")), output));
    QCOMPARE(found.value_or(QString()), format);
}

void TestNotebookConverter::initTestCase()
{
    if (const QString missing = NotebookTools::find().missing(); !missing.isEmpty())
        QSKIP(qPrintable(missing));
}

void TestNotebookConverter::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    if (!m_converter) // one for all tests: kept open, it is as warm as a worker's
        renew();
}

void TestNotebookConverter::renew()
{
    m_converter = std::make_unique<NotebookConverter>();
    connect(m_converter.get(), &Converter::finished, this, [this](const Result<Conversion> &result) { m_result = result; });
}

bool TestNotebookConverter::close()
{
    QSignalSpy closed(m_converter.get(), &Converter::closed);
    m_converter->close();
    const bool isClosed = QTest::qWaitFor([&] { return !closed.isEmpty(); }, patience);
    m_converter.reset();
    return isClosed;
}

void TestNotebookConverter::cleanupTestCase()
{
    QVERIFY(!m_converter || close());
}

void TestNotebookConverter::start(const QByteArray &data, const char *format, const QJsonObject &payload, const QString &inputFile)
{
    Job job;
    job.inputFile = inputFile.isEmpty() ? path("in.ipynb") : inputFile;
    ConversionContext context;
    context.workspace = m_folder->path();
    context.payload = payload;
    context.data = data;
    context.format = s(format);
    context.outputFile = path("out");
    m_result.reset();
    QFile::remove(context.outputFile);
    m_converter->convert(job, context);
}

Result<Conversion> TestNotebookConverter::convert(const QByteArray &data, const char *format, const QJsonObject &payload, const QString &inputFile)
{
    start(data, format, payload, inputFile);
    if (!QTest::qWaitFor([this] { return m_result.has_value(); }, patience))
        return failure(ErrorCode::TimedOut, s("no answer"));
    return *m_result;
}

void TestNotebookConverter::formats_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QList<QByteArray>>("holds");
    QTest::newRow("html") << QByteArray("html") << QList<QByteArray>{"<!DOCTYPE html>", "A heading", ">42<", "<b>rich</b>", "src=\"data:image/svg+xml;base64,", "</html>"};
    QTest::newRow("slides") << QByteArray("slides") << QList<QByteArray>{"class=\"reveal\"", "A heading", "42", "src=\"data:image/svg+xml;base64,", "</html>"};
    QTest::newRow("notebook") << QByteArray("notebook") << QList<QByteArray>{"\"nbformat\": 4", "\"execution_count\": 1", "\"42\"", "execute_result"};
    QTest::newRow("markdown") << QByteArray("markdown") << QList<QByteArray>{"# A heading", "```python\nx = 40", "    42", "<b>rich</b>", "data:image/svg+xml;base64,"};
    QTest::newRow("script") << QByteArray("script") << QList<QByteArray>{"# # A heading", "x = 40", "x + 2"};
}

void TestNotebookConverter::formats()
{
    QFETCH(QByteArray, format);
    QFETCH(QList<QByteArray>, holds);
    const auto result = convert(notebook({"# A heading", "x = 40\nx + 2", "from IPython.display import HTML, SVG, display\n"
                                          "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"4\"></svg>'))\nHTML('<b>rich</b>')"}),
                                format.constData());
    QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
    for (const QByteArray &text : std::as_const(holds))
        QVERIFY2(output().contains(text), text.constData());
    if (format == "notebook")
        QCOMPARE(QJsonDocument::fromJson(output()).object().value(s("cells")).toArray().size(), 3);
}

void TestNotebookConverter::percentScripts()
{
    const QByteArray text = "# ---\n# jupyter:\n#   kernelspec:\n#     name: python3\n# ---\nfirst = 1\n\n"
                            "# %% [markdown]\n# ## Text of *comments*\n#\n# and more\n\n# %% [md]\n\"\"\"\nText in quotes\n\"\"\"\n"
                            "#%% A title tags=['slide', \"keep\"] hidden=true\n# %time pass\nprint(first + 1)  # a comment\n\n# %% {\"tags\": [\"x\"]}\r\n# %%bash\r\ntrue\r\n";
    QVERIFY(convert(text, "notebook", {}, path("in.py")));
    const QJsonArray cells = QJsonDocument::fromJson(output()).object().value(s("cells")).toArray();
    const auto source = [&](int at) {
        QString all;
        const QJsonArray lines = cells.at(at).toObject().value(s("source")).toArray();
        for (const QJsonValue &line : lines)
            all += line.toString();
        return all;
    };
    const auto metadata = [&](int at) { return cells.at(at).toObject().value(s("metadata")).toObject(); };
    QCOMPARE(cells.size(), 5);
    QCOMPARE(source(0), s("first = 1"));
    QCOMPARE(source(1), s("## Text of *comments*\n\nand more"));
    QCOMPARE(source(2), s("Text in quotes"));
    QCOMPARE(source(3), s("%time pass\nprint(first + 1)  # a comment"));
    QCOMPARE(metadata(3), (QJsonObject{{s("title"), s("A title")}, {s("tags"), QJsonArray{s("slide"), s("keep")}}, {s("hidden"), true}}));
    QCOMPARE(source(4), s("%%bash\ntrue"));
    QCOMPARE(metadata(4).value(s("tags")).toArray(), QJsonArray{s("x")});
    const QByteArray once = output();
    QVERIFY(convert("# %%\n1\n", "notebook", {}, path("in.py")));
    const QByteArray first = output();
    QVERIFY(convert("# %%\n1\n", "notebook", {}, path("in.py")));
    QCOMPARE(output(), first); // no ids made up by chance
}

void TestNotebookConverter::kindsAndLanguages_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("language");
    QTest::addColumn<QList<QByteArray>>("holds");
    QTest::addColumn<QList<QByteArray>>("lacks");
    QTest::newRow("completed, English") << s("completed") << s("en")
                                        << QList<QByteArray>{"Hello world", "kept 22", "typed 44", "    alternative"}
                                        << QList<QByteArray>{"Hallo Welt", "Only for the speaker", "beginning", "never"};
    QTest::newRow("speaker, German") << s("speaker") << s("de") << QList<QByteArray>{"Hallo Welt", "typed 44", "Only for the speaker"}
                                     << QList<QByteArray>{"Hello world", "beginning", "never"};
    QTest::newRow("code-along") << s("code-along") << QString() << QList<QByteArray>{"Hello world", "Hallo Welt", "kept = 20 + 2", "print(\"beginning\")"}
                                << QList<QByteArray>{"typed", "kept 22", "alternative", "Only for the speaker", "never"};
}

void TestNotebookConverter::kindsAndLanguages()
{
    QFETCH(QString, kind);
    QFETCH(QString, language);
    QFETCH(QList<QByteArray>, holds);
    QFETCH(QList<QByteArray>, lacks);
    const auto result = convert(course, "markdown", {{s("kind"), kind}, {s("language"), language}, {s("prog_lang"), s("python")}}, path("in.py"));
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    for (const QByteArray &text : std::as_const(holds))
        QVERIFY2(output().contains(text), QByteArray(text + " is not in\n" + output()).constData());
    for (const QByteArray &text : std::as_const(lacks))
        QVERIFY2(!output().contains(text), QByteArray(text + " is in\n" + output()).constData());
}

void TestNotebookConverter::payloadSaysTheFormat()
{
    QVERIFY(convert("# %%\nprint(1)\n", "html", {{s("format"), s("code")}}, path("in.py")));
    QVERIFY2(output().contains("print(1)") && !output().contains("<html"), output().constData());
    // Of another language: CLX's scripts of C++ are read the same way, and need no kernel to become code.
    QVERIFY(convert("// %% [markdown]\n// # Title\n// %%\nint x = 1;\n", "html", {{s("format"), s("code")}, {s("prog_lang"), s("cpp")}}, path("in.cpp")));
    QCOMPARE(output().trimmed(), QByteArray("int x = 1;"));
    const auto pdf = convert("# %%\n1\n", "html", {{s("format"), s("pdf")}}, path("in.py"));
    QVERIFY(!pdf);
    QVERIFY2(pdf.error().message.contains(s("pdf")) && pdf.error().message.contains(s("slides")), qPrintable(pdf.error().message));
}

void TestNotebookConverter::failingCell_data()
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

void TestNotebookConverter::failingCell()
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

void TestNotebookConverter::unreadable_data()
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

void TestNotebookConverter::unreadable()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, data);
    QFETCH(QString, message);
    const auto result = convert(data, "html", {{s("kind"), s("completed")}, {s("language"), s("en")}}, m_folder->filePath(name));
    QVERIFY(!result);
    QVERIFY2(result.error().message.contains(message), qPrintable(result.error().message));
    QVERIFY(output().isEmpty());
}

void TestNotebookConverter::kernels()
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

void TestNotebookConverter::warmAndApart()
{
    const QByteArray cell = "import os\nprint('helper', os.getppid(), 'kernel', os.getpid(), 'left' in globals())\nleft = 1";
    QVERIFY(script(cell));
    const QList<QByteArray> first = output().mid(output().indexOf("    helper")).simplified().split(' ');
    QVERIFY(script(cell));
    const QList<QByteArray> second = output().mid(output().indexOf("    helper")).simplified().split(' ');
    QCOMPARE(first.size(), 5);
    QCOMPARE(second.at(1), first.at(1)); // the same Python, with nbconvert imported
    QVERIFY(second.at(3) != first.at(3)); // another kernel, that knows nothing of the first
    QCOMPARE(second.at(4), QByteArray("False"));
    QVERIFY(!isAlive(first.at(3).toLongLong()));
}

void TestNotebookConverter::whereCellsRun()
{
    QVERIFY(QDir().mkpath(path("deep")));
    QVERIFY(writeOutput(path("deep/data.txt"), "beside"));
    QVERIFY(writeOutput(path("deep/module_of_mine.py"), "value = 'imported'\n"));
    const QByteArray text = "# %%\nimport os\nfrom pathlib import Path\nprint(Path('data.txt').read_text(), Path.home())\n"
                            "import module_of_mine\nprint(module_of_mine.value)\n";
    QVERIFY(convert(text, "markdown", {}, path("deep/in.py")));
    QVERIFY2(output().contains("    beside /") && output().contains("    imported"), output().constData());
    QVERIFY2(!output().contains(QByteArray(QDir::homePath().toUtf8() + '\n')), "the user's home is not the cells'");
    QVERIFY2(!QFileInfo::exists(path("deep/__pycache__")), "nothing is written beside the input");
    // Files that come with the job lie in a folder of the job's own.
    const QJsonObject others{{s("data.txt"), s("Y2FycmllZA==")}, {s("module_of_mine.py"), s("dmFsdWUgPSAxCg==")}, {s("sub/more.txt"), s("bW9yZQ==")}};
    QVERIFY(convert(text + "print(Path('sub/more.txt').read_text(), sorted(os.listdir()))\nPath('made').touch()\n", "markdown", {{s("other_files"), others}},
                    path("deep/in.py")));
    QVERIFY2(output().contains("    carried /") && output().contains("    more ['data.txt', 'in.py', 'module_of_mine.py', 'sub']"), output().constData());
    QVERIFY(!QFileInfo::exists(path("deep/made")));
    for (const char *name : {"../data.txt", "/tmp/data.txt", "a/../../data.txt"}) {
        const auto result = convert("# %%\n1\n", "html", {{s("other_files"), QJsonObject{{s(name), s("YQ==")}}}}, path("in.py"));
        QVERIFY(!result);
        QVERIFY2(result.error().message.contains(s("outside")), qPrintable(result.error().message));
    }
    const auto broken = convert("# %%\n1\n", "html", {{s("other_files"), QJsonObject{{s("a"), s("?")}}}}, path("in.py"));
    QVERIFY(!broken);
}

void TestNotebookConverter::leftBehindProcessesEnd()
{
    // In a session of its own, and let go of: as a server is that a notebook starts.
    QVERIFY(script("import subprocess\nchild = subprocess.Popen(['setsid', 'sh', '-c', 'echo $$ > left; exec sleep 1000'])\n"
                   "import time\nwhile not open('left', 'a+').tell(): time.sleep(0.01)"));
    const qint64 left = pidIn("left");
    QVERIFY(left > 0);
    QTRY_VERIFY(!isAlive(left));
}

void TestNotebookConverter::kernelKilled()
{
    const auto killed = script("import os\nos.kill(os.getpid(), 9)");
    QVERIFY(!killed);
    QCOMPARE(killed.error().message, s("cell 1: the kernel was killed (SIGKILL): often because the memory ran out"));
    const auto ended = script("import os\nos._exit(4)");
    QVERIFY(!ended);
    QCOMPARE(ended.error().message, s("cell 1: the kernel died (exit code 4)"));
    QVERIFY(script("1"));
}

void TestNotebookConverter::helperKilled()
{
    const QByteArray pids = "import os\nopen('helper', 'w').write(f'{os.getppid()}\\n')\nopen('kernel', 'w').write(f'{os.getpid()}\\n')\n";
    QVERIFY(script(pids));
    // Between two jobs: nobody notices.
    QCOMPARE(kill(static_cast<pid_t>(pidIn("helper")), SIGKILL), 0);
    QVERIFY(script("1"));
    // While a job is at work: it fails and says where, and the kernel does not go on alone.
    QFile::remove(path("kernel"));
    start("# %%\n" + pids + "while True: pass\n", "html", {}, path("in.py"));
    const qint64 kernel = pidIn("kernel");
    QVERIFY(kernel > 0);
    QCOMPARE(kill(static_cast<pid_t>(pidIn("helper")), SIGKILL), 0);
    QTRY_VERIFY_WITH_TIMEOUT(m_result.has_value(), patience);
    QVERIFY(!*m_result);
    QCOMPARE(m_result->error().message, s("cell 1: `import os`: the converter ended unexpectedly: SIGKILL"));
    QTRY_VERIFY(!isAlive(kernel));
    QVERIFY(script("1"));
}

void TestNotebookConverter::cancel()
{
    start("# %%\nimport os, subprocess\nsubprocess.Popen(['setsid', 'sh', '-c', 'echo $$ > child; exec sleep 1000'])\n"
          "# %%\nopen('kernel', 'w').write(f'{os.getpid()}\\n')\nwhile True: pass\n",
          "html", {}, path("in.py"));
    const qint64 kernel = pidIn("kernel");
    const qint64 child = pidIn("child");
    QVERIFY(kernel > 0 && child > 0);
    QCOMPARE(m_converter->progress(), s("cell 2: `open('kernel', 'w').write(f'{os.getpid()}\\n')`"));
    m_converter->cancel();
    QTRY_VERIFY_WITH_TIMEOUT(m_result.has_value(), patience);
    QVERIFY(!*m_result);
    QCOMPARE(m_result->error().code, ErrorCode::Cancelled);
    QVERIFY2(!isAlive(kernel), "when the job has ended, its kernel is gone");
    QTRY_VERIFY(!isAlive(child));
    QVERIFY(output().isEmpty());
    QVERIFY(script("1"));
}

void TestNotebookConverter::notInstalled()
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

void TestNotebookConverter::whatAKilledWorkerLeft()
{
    QVERIFY(close());
    renew();
    const QString left = QDir::tempPath() + s("/lifeguard-notebook-oldold");
    const QString used = QDir::tempPath() + s("/lifeguard-notebook-newnew");
    for (const QString &folder : {left, used}) {
        QVERIFY(QDir().mkpath(folder + s("/home")));
        QVERIFY(writeOutput(folder + s("/lock"), {}));
    }
    const utimbuf longAgo{1'000'000'000, 1'000'000'000};
    QCOMPARE(utime(QFile::encodeName(left).constData(), &longAgo), 0);
    QVERIFY(script("from pathlib import Path\nPath('home').write_text(f'{Path.home()}\\n')"));
    QVERIFY(!QFileInfo::exists(left));
    QVERIFY2(QFileInfo::exists(used), "one that was just made may not be locked yet");
    QVERIFY(QDir(used).removeRecursively());
    const QString home = QString::fromLocal8Bit(read("home").trimmed());
    QVERIFY(QFileInfo(home).isDir());
    QVERIFY(close());
    QVERIFY2(!QFileInfo::exists(home), "nothing is left of our own");
}

QTEST_GUILESS_MAIN(TestNotebookConverter)
#include "tst_notebookconverter.moc"
