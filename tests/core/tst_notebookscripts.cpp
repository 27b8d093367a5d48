// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how notebooks that are written as scripts are read. The expected cells are those of jupytext 1.19.
#include "core/formats/notebookinput.h"
#include "core/tools/notebooktools.h"
#include "core/worker/jobfiles.h"
#include "places.h"
#include "tests/support/notebooktest.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QScopeGuard>
#include <QStringEncoder>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestNotebookScripts : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void cellsAreThoseOfJupytext_data();
    void cellsAreThoseOfJupytext();
    void headerIsMetadata();
    void oddMetadataIsIgnored_data();
    void oddMetadataIsIgnored();
    void tagsInOneStringAreTags();
    void otherFormatsAreRefusedByName_data();
    void otherFormatsAreRefusedByName();
    void encodingsAreRecognised_data();
    void encodingsAreRecognised();
    void notebookScriptsAreRecognised_data();
    void notebookScriptsAreRecognised();
};

namespace {

const QByteArray lightHeader = "# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n#       extension: .py\n"
                               "#       format_name: light\n# ---\n\n";

/// Reads a script with the module of the converter, and prints the notebook or the facts of the error.
const char *const reader = R"(
import json, sys
sys.path.insert(0, sys.argv[1])
import nb_reader
from nb_errors import NotebookError
try:
    print(json.dumps(nb_reader.read(sys.stdin.buffer.read().decode(), sys.argv[2], "")[0]))
except NotebookError as error:
    print(json.dumps({"error": error.code, **error.facts}))
)";

QJsonObject read(const QString &name, const QByteArray &text)
{
    QProcess process;
    process.start(NotebookTools::find().python,
                  {s("-B"), s("-c"), s(reader), s(LIFEGUARD_SOURCE_DIR "/resources/notebook"), name});
    process.write(text);
    process.closeWriteChannel();
    process.waitForFinished(60000);
    return QJsonDocument::fromJson(process.readAllStandardOutput()).object();
}

/// Returns the cells as text: the first letter of the type, the metadata if there are any, and the source.
QString describe(const QJsonObject &notebook)
{
    QStringList cells;
    const QJsonArray array = notebook.value(s("cells")).toArray();
    for (const QJsonValue &value : array) {
        const QJsonObject cell = value.toObject();
        const QJsonObject metadata = cell.value(s("metadata")).toObject();
        QString text = cell.value(s("cell_type")).toString().left(1) + u' ';
        if (!metadata.isEmpty())
            text += QString::fromUtf8(QJsonDocument(metadata).toJson(QJsonDocument::Compact)) + u' ';
        cells.append(text + cell.value(s("source")).toString());
    }
    return cells.join(s(" | ")).replace(u'\n', s("\\n"));
}

QByteArray encoded(const QString &text, QStringConverter::Encoding encoding, QStringConverter::Flags flags = {})
{
    QStringEncoder encoder(encoding, flags);
    return encoder(text);
}

} // namespace

void TestNotebookScripts::cellsAreThoseOfJupytext_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("cells");
    const auto row = [](const char *title, const char *name, const QByteArray &text, const char *cells) {
        QTest::newRow(title) << s(name) << text << s(cells);
    };
    row("marker in a string", "a.py", "# %%\nx = \"\"\"\n# %% no\n\"\"\"\ny = '''# %%\n# %%\n'''\n# %%\nz\n",
        "c x = \"\"\"\\n# %% no\\n\"\"\"\\ny = '''# %%\\n# %%\\n''' | c z");
    row("marker in a comment", "a.py", "# %%\n# see # %% there\nx = 1  # %% no\n",
        "c # see # %% there\\nx = 1  # %% no");
    row("quotes in a comment", "a.py", "# %%\n# it's \"\"\" open\n# %%\n2\n", "c # it's \"\"\" open | c 2");
    row("escaped quotes", "a.py", "# %%\nx = 'don\\'t'  # \"\"\"\n# %%\n2\n", "c x = 'don\\'t'  # \"\"\" | c 2");
    row("markdown, md and raw", "a.py", "# %% [markdown]\n# # A\n#\n# b\n# %% [md]\n# c\n# %% [raw]\n# d\n",
        "m # A\\n\\nb | m c | r d");
    row("text in quotes", "a.py", "# %% [markdown]\n\"\"\"\nA *b*\n\"\"\"\n# %% [markdown]\nr'''one $\\x$'''\n",
        "m A *b* | m one $\\x$");
    row("title, tags and keys", "a.py", "# %% A title [markdown] lang=\"en\" tags=[\"slide\", \"x\"]\n# a\n",
        "m {\"lang\":\"en\",\"tags\":[\"slide\",\"x\"],\"title\":\"A title\"} a");
    row("JSON metadata", "a.py", "# %% Title {\"tags\": [\"x\"], \"k\": {\"a\": 1}}\n1\n",
        "c {\"k\":{\"a\":1},\"tags\":[\"x\"],\"title\":\"Title\"} 1");
    row("key without a value", "a.py", "# %% hidden=true .class\n1\n", "c {\".class\":null,\"hidden\":true} 1");
    row("cells of lower levels", "a.py", "# %%\n1\n# %%% Sub\n2\n# %%%% Sub sub\n3\n",
        "c 1 | c {\"cell_depth\":1,\"title\":\"Sub\"} 2 | c {\"cell_depth\":2,\"title\":\"Sub sub\"} 3");
    row("Spyder", "a.py", "#%%\n1\n#%% Title\n2\n", "c 1 | c {\"title\":\"Title\"} 2");
    row("nbconvert", "a.py", "# In[1]:\n\n\nx\n\n\n# In[ ]:\n\n\ny\n", "c \\n\\nx | c \\n\\ny");
    row("indented marker", "a.py", "if x:\n    # %%\n    1\n", "c if x: | c     1");
    row("code before the first marker", "a.py", "import os\n\n# %%\n1\n", "c import os | c 1");
    row("commented commands", "a.py",
        "# %%\n# %matplotlib inline\n# !ls -l\n# ls\n# files = !ls\n# x = %time f()\n# print?\n# "
        "%%\n# %%bash\n# ls\n",
        "c %matplotlib inline\\n!ls -l\\nls\\nfiles = !ls\\nx = %time f()\\nprint? | c %%bash\\nls");
    row("comments that are no commands", "a.py", "# %%\n# ls = 1\n# 50 % of it\n# really!\n# # %time\n",
        "c # ls = 1\\n# 50 % of it\\n# really!\\n# %time");
    row("continued command", "a.py", "# %%\n# !pip install \\\n#   numpy\nx\n", "c !pip install \\\\n  numpy\\nx");
    row("commands in strings", "a.py", "# %%\nx = \"\"\"\n# %time\n\"\"\"\n", "c x = \"\"\"\\n# %time\\n\"\"\"");
    row("hydrogen", "a.py", "# %%\n%matplotlib inline\n# %time f()\n", "c %matplotlib inline\\n# %time f()");
    row("cells for scripts only", "a.py", "# %% active=\"py\"\nx\n# %% tags=[\"active-ipynb\"]\n# y\n",
        "r {\"active\":\"py\"} x | c {\"tags\":[\"active-ipynb\"]} y");
    row("two empty lines before a cell", "a.py", "# %%\nx\n\n\n# %%\ny\n\n\n\n", "c x | c y\\n\\n");
    row("Windows line ends and byte order mark", "a.py", "\xef\xbb\xbf# %%\r\nx = 1\r\n# %% [markdown]\r\n# a\r\n",
        "c x = 1 | m a");
    row("encoding and interpreter", "a.py", "#!/usr/bin/python3\n# -*- coding: utf-8 -*-\n# %%\nx\n", "c x");
    row("C++", "a.cpp", "// %% [markdown]\n// # A\n// %%\nchar c = '\"'; // don't\n// %%\n// %%file x\nint y;\n",
        "m # A | c char c = '\"'; // don't | c %%file x\\nint y;");
    row("C#", "a.cs", "// %%\n// #!bash\nls\n", "c #!bash\\nls");
    row("TypeScript", "a.ts", "// %% [markdown] lang=\"en\"\n// a\n// %%\nlet x = 1;\n",
        "m {\"lang\":\"en\"} a | c let x = 1;");
    row("Rust", "a.rs", "// %%\n// :dep rand\nlet x: &'static str = \"a\";\n// %%\n1\n",
        "c :dep rand\\nlet x: &'static str = \"a\"; | c 1");
    row("Lua", "a.lua", "-- %% [markdown]\n-- a\n-- %%\nprint('x')\n", "m a | c print('x')");
    row("Julia", "a.jl", "# %%\nx = \"\"\"\n# %%\n\"\"\"\n", "c x = \"\"\"\\n# %%\\n\"\"\"");
    row("light", "a.py", lightHeader + "# # Title\n#\n# text\n\nx = 1\ndef f():\n    a\n\n    b\n\n# comment\ny\n\nz\n",
        "m # Title\\n\\ntext | c x = 1\\ndef f():\\n    a\\n\\n    b | c # comment\\ny | c z");
    row("light with markers", "a.py",
        lightHeader
            + "# + [markdown] tags=[\"a\"]\n# text\n\n# more\n# -\n\n# + Title key=1\nx\n\ny\n# -\n\n# %time z\n",
        "m {\"tags\":[\"a\"]} text\\n\\nmore | c {\"key\":1,\"title\":\"Title\"} x\\n\\ny | c %time z");
}

void TestNotebookScripts::cellsAreThoseOfJupytext()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, text);
    QFETCH(QString, cells);
    QCOMPARE(describe(read(name, text)), cells);
}

void TestNotebookScripts::headerIsMetadata()
{
    const QByteArray text =
        "# ---\n# title: My title\n# jupyter:\n#   jupytext:\n#     formats: ipynb,py:percent\n#   kernelspec:\n"
        "#     display_name: Python 3 (ipykernel)\n#     language: python\n#     name: python3\n#   lifeguard:\n"
        "#     sources:\n#     - data.csv\n#     - 'it''s.py'\n#   flag: true\n#   empty: null\n#   tags: [a, b]\n"
        "# ---\n\n# %%\n1\n";
    const QJsonObject notebook = read(s("a.py"), text);
    QCOMPARE(describe(notebook), s("r ---\\ntitle: My title\\n--- | c 1"));
    const QJsonObject metadata{{s("jupytext"), QJsonObject{{s("formats"), s("ipynb,py:percent")}}},
                               {s("kernelspec"), QJsonObject{{s("display_name"), s("Python 3 (ipykernel)")},
                                                             {s("language"), s("python")},
                                                             {s("name"), s("python3")}}},
                               {s("lifeguard"), QJsonObject{{s("sources"), QJsonArray{s("data.csv"), s("it's.py")}}}},
                               {s("flag"), true},
                               {s("empty"), QJsonValue()},
                               {s("tags"), QJsonArray{s("a"), s("b")}}};
    QCOMPARE(notebook.value(s("metadata")).toObject(), metadata);
    for (const char *unusual :
         {"jupytext: percent", "jupytext:\n#     text_representation: percent", "jupytext: [1]"}) {
        const QByteArray header = "# ---\n# jupyter:\n#   " + QByteArray(unusual) + "\n# ---\n# %%\n1\n";
        QCOMPARE(describe(read(s("a.py"), header)), s("c 1"));
    }
}

void TestNotebookScripts::oddMetadataIsIgnored_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("text");
    const auto header = [](const char *name, const QByteArray &lines) {
        QTest::newRow(name) << s("a.py")
                            << QByteArray("# ---\n# jupyter:\n" + lines + "# ---\n# %% tags=[\"keep\"]\nx = 1\n");
    };
    header("jupytext is true", "#   jupytext: yes\n");
    header("jupytext is a list", "#   jupytext: [a, b]\n");
    header("jupytext is a number", "#   jupytext: 5\n");
    header("representation is a word", "#   jupytext:\n#     text_representation: percent\n");
    header("format is a list", "#   jupytext:\n#     text_representation:\n#       format_name: [percent]\n");
    header("kernel is a list", "#   kernelspec: [python3]\n");
    header("name of the kernel is a number", "#   kernelspec:\n#     name: 3\n");
    header("sources are true", "#   lifeguard:\n#     sources: true\n");
    header("keys that are no keys", "#   odd: {[]: 1}\n");
    header("nested deeply", "#   odd: " + QByteArray("[").repeated(5000) + "\n");
    const auto cell = [](const char *name, const QByteArray &metadata, const QByteArray &ofNotebook = "{}") {
        QTest::newRow(name) << s("a.ipynb")
                            << QByteArray("{\"nbformat\": 4, \"nbformat_minor\": 4, \"metadata\": " + ofNotebook
                                          + ", \"cells\": [{\"cell_type\": \"code\", \"metadata\": " + metadata
                                          + ", \"source\": \"x = 1\", \"outputs\": [{\"output_type\": "
                                            "\"display_data\", \"metadata\": {}, \"data\": [1]}]}]}");
    };
    cell("tags are null", R"({"tags": null})");
    cell("tags are numbers", R"({"tags": [5, null]})");
    cell("slideshow is a word", R"({"slideshow": "slide"})");
    cell("metadata of the notebook", "{}", R"({"kernelspec": [], "language_info": 5, "lifeguard": [], "jupytext": 1})");
}

void TestNotebookScripts::oddMetadataIsIgnored()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, text);
    m_settings.notebookRules = s("lifeguard");
    const auto restored = qScopeGuard([this] { m_settings = {}; });
    for (const char *format : {"script", "slides"}) {
        const auto result = convert(text, format, {{s("skip_evaluation"), true}}, m_folder->filePath(name));
        QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
    }
}

/// The cell may be private.
void TestNotebookScripts::tagsInOneStringAreTags()
{
    const QByteArray text = R"({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [)"
                            R"({"cell_type": "markdown", "metadata": {"tags": "slide private"}, "source": "hidden"},)"
                            R"({"cell_type": "markdown", "metadata": {"tags": "slide"}, "source": "shown"}]})";
    QVERIFY(convert(text, "markdown", {{s("kind"), s("completed")}}));
    QCOMPARE(output().trimmed(), QByteArray("shown"));
    for (const char *tags : {R"({"private": true})", R"([["private"]])", "5"}) {
        const auto result = convert(QByteArray(text).replace("\"slide private\"", tags), "markdown");
        QVERIFY(!result);
        QVERIFY2(result.error().message.contains(s("(cell 1): tags ")), qPrintable(result.error().message));
    }
}

void TestNotebookScripts::otherFormatsAreRefusedByName_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("message");
    const QString advice = s(", which cannot be read. Convert it with jupytext: jupytext --to ipynb FILE");
    const auto format = [&](const char *file, const char *name, const QByteArray &text) {
        QTest::newRow(name) << s(file) << text
                            << s("This notebook is written in the format '") + s(name) + u'\'' + advice;
    };
    const auto header = [](const char *name) -> QByteArray {
        return QByteArray(lightHeader).replace("light", name) + "# %%\n1\n";
    };
    format("a.py", "sphinx", header("sphinx"));
    format("a.py", "nomarker", header("nomarker"));
    format("a.py", "bare", header("bare"));
    format("a.py", "light (region,endregion)",
           QByteArray(lightHeader)
                   .replace("text_representation:", "cell_markers: region,endregion\n#     text_representation:")
               + "# region\n1\n# endregion\n");
    format("a.py", "marimo", "import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    1\n");
    format("b.md", "md", "# Title\n\n```python\n1\n```\n");
    QTest::newRow("encoding") << s("a.py") << QByteArray("# -*- coding: koi8-r -*-\n# %%\n1\n")
                              << s("The file is saved as koi8-r: save it as UTF-8.");
    QTest::newRow("no cells outside of strings") << s("a.py") << QByteArray("x = \"\"\"\n# %%\n\"\"\"\n")
                                                 << s("This script is not a notebook: no line begins with '# %%'.");
}

void TestNotebookScripts::otherFormatsAreRefusedByName()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, text);
    QFETCH(QString, message);
    const auto result = convert(text, "script", {}, m_folder->filePath(name));
    QVERIFY(!result);
    QCOMPARE(result.error().message, message);
}

void TestNotebookScripts::encodingsAreRecognised_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QString>("contains"); // of the output, or else
    QTest::addColumn<QString>("error");
    const QString saved = s("The file cannot be read, because it is saved as %1: save it as UTF-8.");
    const QString script = s("# %% [markdown]\n# 5 € „bar“\n");
    const QString json = s(R"({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{"cell_type": "markdown",)"
                           R"("metadata": {}, "source": "5 € „bar“"}]})");
    QTest::newRow("script in UTF-16 with a mark")
        << s("cells.py") << notebookData(s("utf16/cells.txt")) << s("golfword ż") << QString();
    QTest::newRow("notebook in UTF-16 with a mark")
        << s("nb.ipynb") << notebookData(s("utf16/nb.ipynb")) << s("foxtrotword ż") << QString();
    QTest::newRow("UTF-16, big endian") << s("a.py")
                                        << encoded(script, QStringConverter::Utf16BE, QStringConverter::Flag::WriteBom)
                                        << s("5 € „bar“") << QString();
    QTest::newRow("UTF-16 that is not recognised")
        << s("a.py") << encoded(s("# %% €€€€€€€"), QStringConverter::Utf16LE) << QString() << saved.arg(s("UTF-16"));
    QTest::newRow("UTF-16 without a mark")
        << s("a.py") << encoded(script + s("# A longer text with letters of ASCII\n"), QStringConverter::Utf16LE)
        << s("5 € „bar“") << QString();
    QTest::newRow("UTF-32") << s("a.py") << encoded(script, QStringConverter::Utf32LE, QStringConverter::Flag::WriteBom)
                            << s("5 € „bar“") << QString();
    QTest::newRow("Windows-1252 script") << s("a.py")
                                         << QByteArray("# %% [markdown]\n# 5 \x80 \x84"
                                                       "bar\x93\n")
                                         << s("5 € „bar“") << QString();
    QTest::newRow("Windows-1252 notebook")
        << s("a.ipynb") << QByteArray(json.toUtf8()).replace("€", "\x80").replace("„", "\x84").replace("“", "\x93")
        << s("5 € „bar“") << QString();
    QTest::newRow("Windows-1252 with a declaration")
        << s("a.py") << QByteArray("# coding: cp1252\n# %% [markdown]\n# 5 \x80\n") << s("5 €") << QString();
    QTest::newRow("UTF-8 with a mark") << s("a.ipynb") << QByteArray("\xef\xbb\xbf") + json.toUtf8() << s("5 € „bar“")
                                       << QString();
    QTest::newRow("damaged UTF-16") << s(
        "a.py") << encoded(script, QStringConverter::Utf16LE, QStringConverter::Flag::WriteBom).chopped(1)
                                    << QString() << saved.arg(s("UTF-16"));
    QTest::newRow("damaged UTF-32") << s(
        "a.py") << encoded(script, QStringConverter::Utf32LE, QStringConverter::Flag::WriteBom).chopped(2)
                                    << QString() << saved.arg(s("UTF-32"));
    QTest::newRow("UTF-32 without a mark")
        << s("a.py") << encoded(script, QStringConverter::Utf32LE) << QString() << saved.arg(s("UTF-32"));
    QTest::newRow("NUL in UTF-8") << s("a.py") << QByteArray("# %%\nx = 'a\0b'\n# a longer text\n", 31) << QString()
                                  << s("The file cannot be read, because line 2 contains a NUL character: remove it.");
}

void TestNotebookScripts::encodingsAreRecognised()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, data);
    QFETCH(QString, contains);
    QFETCH(QString, error);
    QVERIFY(!data.isEmpty());
    const auto result = convert(data, "html", {}, m_folder->filePath(name));
    if (contains.isEmpty()) {
        QVERIFY(!result);
        QCOMPARE(result.error().message, error);
        return;
    }
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    QVERIFY(QString::fromUtf8(output()).contains(contains));
}

void TestNotebookScripts::notebookScriptsAreRecognised_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isNotebook");
    QTest::newRow("percent") << QByteArray("import os\n# %% [markdown]\n# a\n") << true;
    QTest::newRow("Spyder") << QByteArray("#%%\r\n1\r\n") << true;
    QTest::newRow("nbconvert") << QByteArray("# coding: utf-8\n# In[1]:\n1\n") << true;
    QTest::newRow("light") << lightHeader + "x = 1\n" << true;
    QTest::newRow("UTF-16") << notebookData(s("utf16/cells.txt")) << true;
    QTest::newRow("module") << QByteArray("# ---\n# a comment\n# ---\nx = 1\n") << false;
    QTest::newRow("command") << QByteArray("# %%bash\n") << false;
    QTest::newRow("empty") << QByteArray() << false;
}

void TestNotebookScripts::notebookScriptsAreRecognised()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isNotebook);
    QCOMPARE(isNotebookScript(text), isNotebook);
}

QTEST_GUILESS_MAIN(TestNotebookScripts)
#include "tst_notebookscripts.moc"
