// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the notebook converter with the real nbconvert: formats, and the selection of cells. tst_notebookerrors.cpp
// tests error messages, and tst_notebookhelper.cpp the processes of the converter.
#include "core/config/jobtypes.h"
#include "core/worker/jobfiles.h"
#include "core/worker/notebookconverter.h"
#include "tests/support/notebooktest.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

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

class TestNotebookConverter : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void formatIsReadFromPayloadOrName_data();
    void formatIsReadFromPayloadOrName();
    void convertsToEachFormat_data();
    void convertsToEachFormat();
    void percentScriptsAreSplitIntoCells();
    void cellsAreSelectedByKindAndLanguage_data();
    void cellsAreSelectedByKindAndLanguage();
    void payloadSetsTheFormat();
    void cellsRunInTheFolderOfTheirFiles();
};

void TestNotebookConverter::formatIsReadFromPayloadOrName_data()
{
    QTest::addColumn<QString>("output");
    QTest::addColumn<QString>("inPayload");
    QTest::addColumn<QString>("format"); // empty: an error
    QTest::newRow("html") << s("a.html") << QString() << s("html");
    QTest::newRow("upper case") << s("a.HTML") << QString() << s("html");
    QTest::newRow("slides") << s("a.slides.html") << QString() << s("slides");
    QTest::newRow("notebook") << s("a.ipynb") << QString() << s("notebook");
    QTest::newRow("script") << s("a.py") << QString() << s("script");
    QTest::newRow("script of another language") << s("a.cpp") << QString() << s("script");
    QTest::newRow("markdown") << s("a.md") << QString() << s("markdown");
    QTest::newRow("the payload overrides the name") << s("a.html") << s("slides") << s("slides");
    QTest::newRow("the format 'code' of CLX") << s("a.py") << s("code") << s("script");
    QTest::newRow("unknown format in the payload") << s("a.html") << s("pdf") << QString();
    QTest::newRow("unknown suffix of the output") << s("a.pdf") << QString() << QString();
}

void TestNotebookConverter::formatIsReadFromPayloadOrName()
{
    QFETCH(QString, output);
    QFETCH(QString, inPayload);
    QFETCH(QString, format);
    const auto found = notebookFormat(inPayload, formatOfOutput(*jobType(s("notebook")), output));
    QCOMPARE(found.value_or(QString()), format);
}

void TestNotebookConverter::convertsToEachFormat_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QList<QByteArray>>("contains");
    QTest::newRow("html") << QByteArray("html") << QList<QByteArray>{"<!DOCTYPE html>",
                                                                     "A heading",
                                                                     ">42<",
                                                                     "<b>rich</b>",
                                                                     "src=\"data:image/svg+xml;base64,",
                                                                     "</html>"};
    QTest::newRow("slides") << QByteArray("slides")
                            << QList<QByteArray>{"class=\"reveal\"", "A heading", "42",
                                                 "src=\"data:image/svg+xml;base64,", "</html>"};
    QTest::newRow("notebook") << QByteArray(
        "notebook") << QList<QByteArray>{"\"nbformat\": 4", "\"execution_count\": 1", "\"42\"", "execute_result"};
    QTest::newRow("markdown") << QByteArray("markdown")
                              << QList<QByteArray>{"# A heading", "```python\nx = 40", "    42", "<b>rich</b>",
                                                   "data:image/svg+xml;base64,"};
    QTest::newRow("script") << QByteArray("script") << QList<QByteArray>{"# # A heading", "x = 40", "x + 2"};
}

void TestNotebookConverter::convertsToEachFormat()
{
    QFETCH(QByteArray, format);
    QFETCH(QList<QByteArray>, contains);
    const auto result = convert(notebook({"# A heading", "x = 40\nx + 2",
                                          "from IPython.display import HTML, SVG, display\n"
                                          "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" "
                                          "height=\"4\"></svg>'))\nHTML('<b>rich</b>')"}),
                                format.constData());
    QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
    for (const QByteArray &text : std::as_const(contains))
        QVERIFY2(output().contains(text), text.constData());
    if (format == "notebook")
        QCOMPARE(QJsonDocument::fromJson(output()).object().value(s("cells")).toArray().size(), 3);
}

void TestNotebookConverter::percentScriptsAreSplitIntoCells()
{
    const QByteArray text =
        "# ---\n# jupyter:\n#   kernelspec:\n#     name: python3\n# ---\nfirst = 1\n\n"
        "# %% [markdown]\n# ## Text of *comments*\n#\n# and more\n\n# %% [md]\n\"\"\"\nText in quotes\n\"\"\"\n"
        "#%% A title tags=['slide', \"keep\"] hidden=true\n# %time pass\nprint(first + 1)  # a comment\n\n# %% "
        "{\"tags\": [\"x\"]}\r\n# %%bash\r\ntrue\r\n";
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
    QCOMPARE(metadata(3), (QJsonObject{{s("title"), s("A title")},
                                       {s("tags"), QJsonArray{s("slide"), s("keep")}},
                                       {s("hidden"), true}}));
    QCOMPARE(source(4), s("%%bash\ntrue"));
    QCOMPARE(metadata(4).value(s("tags")).toArray(), QJsonArray{s("x")});
    QVERIFY(convert("# %%\n1\n", "notebook", {}, path("in.py")));
    const QByteArray first = output();
    QVERIFY(convert("# %%\n1\n", "notebook", {}, path("in.py")));
    QCOMPARE(output(), first); // no random ids
}

void TestNotebookConverter::cellsAreSelectedByKindAndLanguage_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("language");
    QTest::addColumn<QList<QByteArray>>("contains");
    QTest::addColumn<QList<QByteArray>>("excludes");
    QTest::newRow("completed, English") << s("completed") << s("en")
                                        << QList<QByteArray>{"Hello world", "kept 22", "typed 44", "    alternative"}
                                        << QList<QByteArray>{"Hallo Welt", "Only for the speaker", "beginning",
                                                             "never"};
    QTest::newRow("speaker, German") << s("speaker") << s("de")
                                     << QList<QByteArray>{"Hallo Welt", "typed 44", "Only for the speaker"}
                                     << QList<QByteArray>{"Hello world", "beginning", "never"};
    QTest::newRow("code-along") << s("code-along") << QString()
                                << QList<QByteArray>{"Hello world", "Hallo Welt", "kept = 20 + 2",
                                                     "print(\"beginning\")"}
                                << QList<QByteArray>{"typed", "kept 22", "alternative", "Only for the speaker",
                                                     "never"};
}

void TestNotebookConverter::cellsAreSelectedByKindAndLanguage()
{
    QFETCH(QString, kind);
    QFETCH(QString, language);
    QFETCH(QList<QByteArray>, contains);
    QFETCH(QList<QByteArray>, excludes);
    const auto result = convert(course, "markdown",
                                {{s("kind"), kind}, {s("language"), language}, {s("prog_lang"), s("python")}},
                                path("in.py"));
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    for (const QByteArray &text : std::as_const(contains))
        QVERIFY2(output().contains(text), QByteArray(text + " is not in\n" + output()).constData());
    for (const QByteArray &text : std::as_const(excludes))
        QVERIFY2(!output().contains(text), QByteArray(text + " is in\n" + output()).constData());
}

void TestNotebookConverter::payloadSetsTheFormat()
{
    QVERIFY(convert("# %%\nprint(1)\n", "html", {{s("format"), s("code")}}, path("in.py")));
    QVERIFY2(output().contains("print(1)") && !output().contains("<html"), output().constData());
    // CLX's scripts in C++ are read in the same way. They need no kernel to be converted to code.
    QVERIFY(convert("// %% [markdown]\n// # Title\n// %%\nint x = 1;\n", "html",
                    {{s("format"), s("code")}, {s("prog_lang"), s("cpp")}}, path("in.cpp")));
    QCOMPARE(output().trimmed(), QByteArray("int x = 1;"));
    const auto pdf = convert("# %%\n1\n", "html", {{s("format"), s("pdf")}}, path("in.py"));
    QVERIFY(!pdf);
    QVERIFY2(pdf.error().message.contains(s("pdf")) && pdf.error().message.contains(s("slides")),
             qPrintable(pdf.error().message));
}

void TestNotebookConverter::cellsRunInTheFolderOfTheirFiles()
{
    QVERIFY(QDir().mkpath(path("deep")));
    QVERIFY(writeOutput(path("deep/data.txt"), "beside"));
    QVERIFY(writeOutput(path("deep/module_of_mine.py"), "value = 'imported'\n"));
    const QByteArray text =
        "# %%\nimport os\nfrom pathlib import Path\nprint(Path('data.txt').read_text(), Path.home())\n"
        "import module_of_mine\nprint(module_of_mine.value)\n";
    QVERIFY(convert(text, "markdown", {}, path("deep/in.py")));
    QVERIFY2(output().contains("    beside /") && output().contains("    imported"), output().constData());
    QVERIFY2(!output().contains(QByteArray(QDir::homePath().toUtf8() + '\n')),
             "cells must not use the home folder of the user");
    QVERIFY2(!QFileInfo::exists(path("deep/__pycache__")), "nothing must be written beside the input");
    // Files that come with the job are written to a private folder.
    const QJsonObject others{{s("data.txt"), s("Y2FycmllZA==")},
                             {s("module_of_mine.py"), s("dmFsdWUgPSAxCg==")},
                             {s("sub/more.txt"), s("bW9yZQ==")}};
    QVERIFY(convert(text + "print(Path('sub/more.txt').read_text(), sorted(os.listdir()))\nPath('made').touch()\n",
                    "markdown", {{s("other_files"), others}}, path("deep/in.py")));
    QVERIFY2(output().contains("    carried /")
                 && output().contains("    more ['data.txt', 'in.py', 'module_of_mine.py', 'sub']"),
             output().constData());
    QVERIFY(!QFileInfo::exists(path("deep/made")));
    for (const char *name : {"../data.txt", "/tmp/data.txt", "a/../../data.txt"}) {
        const auto result = convert("# %%\n1\n", "html", {{s("other_files"), QJsonObject{{s(name), s("YQ==")}}}},
                                    path("in.py"));
        QVERIFY(!result);
        QVERIFY2(result.error().message.contains(s("outside")), qPrintable(result.error().message));
    }
    const auto broken = convert("# %%\n1\n", "html", {{s("other_files"), QJsonObject{{s("a"), s("?")}}}},
                                path("in.py"));
    QVERIFY(!broken);
    const auto empty = convert("# %%\n1\n", "html", {{s("other_files"), QJsonObject{{s("a.csv"), QJsonValue()}}}},
                               path("in.py"));
    QVERIFY2(!empty, "a file without content must not get that of the notebook");
}

QTEST_GUILESS_MAIN(TestNotebookConverter)
#include "tst_notebookconverter.moc"
