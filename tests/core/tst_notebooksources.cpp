// SPDX-License-Identifier: GPL-3.0-or-later
// Tests which files outside of a notebook its output depends on, and that no files outside the workspace get into it.
#include "core/tools/notebooktools.h"
#include "core/worker/jobfiles.h"
#include "core/worker/notebookconverter.h"
#include "core/worker/notebooknotes.h"
#include "places.h"
#include "tests/support/notebooktest.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QTcpServer>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestNotebookSources : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void declaredFilesAreSources_data();
    void declaredFilesAreSources();
    void declaredFilesOutsideAreNotSearched_data();
    void declaredFilesOutsideAreNotSearched();
    void undeclaredFilesAreListed();
    void auditHookDoesNotChangeTheNotebook();
    void rulesCoverToolsAndPayload();
    void picturesOfTheWorkspaceAreEmbedded();
    void hostileTextIsReadInTime();
    void otherFilesAreNotEmbedded_data();
    void otherFilesAreNotEmbedded();
    void missingAttachmentsAreNoted();
    void notebooksDoNotChooseTheExporter();
    void notesAreSentences_data();
    void notesAreSentences();

private:
    void writeFiles();
};

void TestNotebookSources::writeFiles()
{
    QVERIFY(QDir().mkpath(path("sub/pkg")) && QDir().mkpath(path("sub/data")));
    for (const char *name : {"top.txt", "sub/data.csv", "sub/data/x.csv", "sub/data/y.csv", "sub/other.txt",
                             "sub/helpers.py", "sub/pkg/__init__.py", "sub/pkg/part.py"})
        QVERIFY(writeOutput(path(name), "# one\n"));
}

void TestNotebookSources::declaredFilesAreSources_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("sources"); // relative to sub
    QTest::addColumn<QStringList>("notes");
    const QStringList none;
    const QString outside = s(
        "The notebook declares files outside the workspace, whose changes are not noticed: %1. Name their folders "
        "in allow_files of the pool.");
    QTest::newRow("none") << QByteArray("# %%\n1\n") << QStringList() << none;
    QTest::newRow("comment in code") << QByteArray("# %%\n# lifeguard: depends on data.csv, ../top.txt\n1\n")
                                     << QStringList{s("data.csv"), s("../top.txt")} << none;
    QTest::newRow("comment in text") << QByteArray("# %% [markdown]\n# <!-- lifeguard: depends on data.csv -->\n")
                                     << QStringList{s("data.csv")} << none;
    QTest::newRow("header") << QByteArray("# ---\n# jupyter:\n#   lifeguard:\n#     sources:\n#     - data.csv\n"
                                          "#     - other.txt\n# ---\n# %%\n1\n")
                            << QStringList{s("data.csv"), s("other.txt")} << none;
    QTest::newRow("modules and packages")
        << QByteArray("# %%\n# lifeguard: depends on helpers, pkg, pkg.part\n1\n")
        << QStringList{s("helpers.py"), s("pkg/__init__.py"), s("pkg/part.py")} << none;
    QTest::newRow("folder and pattern") << QByteArray("# %%\n# lifeguard: depends on data, *.csv\n1\n")
                                        << QStringList{s("data.csv"), s("data/x.csv"), s("data/y.csv")} << none;
    QTest::newRow("missing file") << QByteArray("# %%\n# lifeguard: depends on gone.txt, gone*\n1\n")
                                  << QStringList{s("gone.txt")}
                                  << QStringList{s("The notebook declares files that do not exist: gone.txt, gone*.")};
    QTest::newRow("all files of the disk") << QByteArray("# %%\n# lifeguard: depends on /**, ../../**\n1\n")
                                           << QStringList() << QStringList{outside.arg(s("/**, ../../**"))};
    // The note does not tell which of them exist.
    QTest::newRow("files outside") << QByteArray(
        "# %%\n# lifeguard: depends on /etc/passwd, /etc/gone, ../../gone, data.csv\n1\n")
                                   << QStringList{s("data.csv")}
                                   << QStringList{outside.arg(s("/etc/passwd, /etc/gone, ../../gone"))};
    QTest::newRow("links to folders outside")
        << QByteArray("# %%\n# lifeguard: depends on linked/passwd, linked/*, linked\n1\n") << QStringList()
        << QStringList{outside.arg(s("linked/passwd, linked/*, linked"))};
    QTest::newRow("names that are no names")
        << QByteArray("# ---\n# jupyter:\n#   lifeguard:\n#     sources: 5\n# ---\n# %%\n1\n") << QStringList() << none;
}

void TestNotebookSources::declaredFilesAreSources()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, sources);
    QFETCH(QStringList, notes);
    writeFiles();
    QVERIFY(QFile::link(s("/etc"), path("sub/linked")));
    const auto result = convert(text, "script", {}, path("sub/in.py"));
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    QStringList relative;
    for (const QString &source : result->sources)
        relative.append(QDir(path("sub")).relativeFilePath(source));
    QCOMPARE(relative, sources);
    QCOMPARE(result->notes, notes);
}

void TestNotebookSources::declaredFilesOutsideAreNotSearched_data()
{
    QTest::addColumn<QString>("name"); // OUTSIDE is replaced by a folder outside the workspace
    QTest::addColumn<bool>("isAllowed");
    QTest::newRow("file") << s("OUTSIDE/a.txt") << false;
    QTest::newRow("folder") << s("OUTSIDE") << false;
    QTest::newRow("pattern") << s("OUTSIDE/*.txt") << false;
    QTest::newRow("whole disk") << s("/**/*.nothing") << false;
    QTest::newRow("root") << s("/") << false;
    QTest::newRow("never ends") << s("/proc/kmsg") << false;
    QTest::newRow("link") << s("link/a.txt") << false;
    QTest::newRow("like a module") << s("x.OUTSIDE/a.txt") << false;
    QTest::newRow("allowed") << s("OUTSIDE/a.txt") << true;
}

void TestNotebookSources::declaredFilesOutsideAreNotSearched()
{
    QFETCH(QString, name);
    QFETCH(bool, isAllowed);
    writeFiles();
    const QTemporaryDir outside;
    QVERIFY(writeOutput(outside.filePath(s("a.txt")), "a") && QFile::link(outside.path(), path("sub/link")));
    name.replace(s("OUTSIDE"), outside.path());
    m_settings.allowFiles = isAllowed ? QStringList{outside.path()} : QStringList();
    const auto result = convert("# %%\n# lifeguard: depends on " + name.toUtf8() + "\n1\n", "script", {},
                                path("sub/in.py"));
    m_settings.allowFiles.clear();
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    if (isAllowed) {
        QCOMPARE(result->sources, QStringList{name});
        QCOMPARE(result->notes, QStringList());
        return;
    }
    for (const QString &source : result->sources)
        QVERIFY2(QFileInfo(source).canonicalFilePath().isEmpty(), qPrintable(source));
    QVERIFY2(result->notes.value(0).contains(s("outside the workspace")) || name.startsWith(u'x'),
             qPrintable(result->notes.join(u'\n')));
}

void TestNotebookSources::undeclaredFilesAreListed()
{
    writeFiles();
    const QByteArray code =
        "import os, json, helpers, pkg.part\nopen('data.csv').read()\nopen(os.path.abspath('../top.txt'))\n"
        "with open('made.txt', 'w') as file: file.write('x')\nopen('made.txt')\nopen('/etc/hosts')\n"
        "os.chdir('data')\nopen('x.csv')\ntry: open('gone')\nexcept OSError: pass\n";
    const QString sentence = s("The results depend on files that the notebook does not declare: %1. When such a file "
                               "changes, the notebook is not converted again.");
    const auto result = convert("# %%\n" + code, "markdown", {}, path("sub/in.py"));
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    QCOMPARE(result->notes, QStringList{sentence.arg(
                                s("../top.txt, data.csv, data/x.csv, helpers.py, pkg/__init__.py, pkg/part.py"))});
    QCOMPARE(result->sources, QStringList());
    const auto declared = convert("# %%\n# lifeguard: depends on *.csv, data, helpers, pkg\n" + code, "markdown", {},
                                  path("sub/in.py"));
    QVERIFY(declared);
    QCOMPARE(declared->notes, QStringList{sentence.arg(s("../top.txt"))});
    // Files that come with the job are part of it.
    const auto carried = convert("# %%\nprint(open('own.txt').read())\n", "markdown",
                                 {{s("other_files"), QJsonObject{{s("own.txt"), s("b3du")}}}}, path("sub/in.py"));
    QVERIFY(carried);
    QCOMPARE(carried->notes, QStringList());
    QVERIFY(output().contains("    own"));
}

void TestNotebookSources::auditHookDoesNotChangeTheNotebook()
{
    writeFiles();
    const auto result = convert(
        "# %%\nimport os, sys, pathlib\nprint(sys.argv[0].rpartition('/')[2], [p for p in sys.path if 'program' in "
        "p])\n"
        "for bad in ('gone', 'a\\0b', '', b'data.csv', pathlib.Path('data.csv'), 10 ** 6):\n"
        "    try: open(bad).close(); print('opened')\n    except Exception as error: print(type(error).__name__)\n"
        "for fd in range(3, 100):\n    if os.path.exists(f'/proc/self/fd/{fd}') and "
        "os.readlink(f'/proc/self/fd/{fd}').endswith('/opened'):\n"
        "        os.close(fd)\nprint(open('data.csv').read())\n",
        "markdown", {}, path("sub/in.py"));
    QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
    QVERIFY2(output().contains(
                 "    ipykernel_launcher.py []\n    FileNotFoundError\n    ValueError\n    FileNotFoundError\n"
                 "    opened\n    opened\n    OSError\n    # one\n"),
             output().constData());
}

void TestNotebookSources::rulesCoverToolsAndPayload()
{
    const NotebookConverter converter;
    const QJsonObject payload{{s("data"), s("x")}, {s("correlation_id"), s("1")}};
    const QString rules = converter.rules(payload, {});
    QVERIFY(rules.contains(s("/nbconvert/")) && rules.contains(s("/ipykernel/")) && rules.contains(s("kernel.json")));
    QCOMPARE(converter.rules({{s("data"), s("y")}, {s("correlation_id"), s("2")}}, {}), rules);
    QJsonObject changed = payload;
    changed.insert(s("other_files"), QJsonObject{{s("a"), s("YQ==")}});
    QVERIFY(converter.rules(changed, {}) != rules);
    ConverterSettings settings;
    settings.notebookFiles = {s("*.csv")};
    QVERIFY(converter.rules(payload, settings) != rules);
    // The cache that the pages of CLM are made from.
    QJsonObject ofClm = payload;
    ofClm.insert(s("template_fingerprint"), s("T"));
    const QString withoutCache = converter.rules(ofClm, {});
    qputenv("CLM_CACHE_DB_PATH", "/nonexistent/cache.db");
    const QString withCache = converter.rules(ofClm, {});
    const QString ownRules = converter.rules(payload, {});
    qunsetenv("CLM_CACHE_DB_PATH");
    QVERIFY(withCache != withoutCache);
    QCOMPARE(ownRules, rules);
    // Another Python.
    QVERIFY(QDir().mkpath(path("bin")));
    QVERIFY(QFile::link(s("/usr/bin/python3"), path("bin/python3")));
    qputenv("LIFEGUARD_PYTHON", path("bin/python3").toLocal8Bit());
    const QString other = converter.rules(payload, {});
    qunsetenv("LIFEGUARD_PYTHON");
    QVERIFY(other != rules);
}

void TestNotebookSources::picturesOfTheWorkspaceAreEmbedded()
{
    QVERIFY(QDir().mkpath(path("sub")));
    QVERIFY(writeOutput(path("sub/in ner.svg"), "<svg>INNER</svg>") && writeOutput(path("top.png"), "TOP"));
    const auto result = convert(notebook({"# ![a](in%20ner.svg) <b>bold <img alt=\"x\" src='../top.png?v=1'> kept</b>",
                                          "# ![gone](gone.png)", "# ![linked](http://localhost:1/x.png)"}),
                                "html", {}, path("sub/in.ipynb"));
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    QVERIFY(output().contains(QByteArray("data:image/svg+xml;base64," + QByteArray("<svg>INNER</svg>").toBase64())));
    QVERIFY(output().contains(QByteArray("<b>bold <img alt=\"x\" src=\"data:image/png;base64,"
                                         + QByteArray("TOP").toBase64() + "\"> kept</b>")));
    QVERIFY(output().contains("src=\"http://localhost:1/x.png\""));
    QCOMPARE(result->notes, QStringList{s("The picture gone.png was not found, so it was not embedded.")});
    // The page changes with the pictures, and when a missing one is created.
    QStringList sources;
    for (const QString &source : result->sources)
        sources.append(QDir(path("sub")).relativeFilePath(source));
    QCOMPARE(sources,
             (QStringList{s("in%20ner.svg"), s("in ner.svg"), s("../top.png?v=1"), s("../top.png"), s("gone.png")}));
    // Files that come with the job are part of it.
    const auto carried = convert(notebook({"# ![a](own.png)"}), "html",
                                 {{s("other_files"), QJsonObject{{s("own.png"), s("b3du")}}}}, path("sub/in.ipynb"));
    QVERIFY(carried && output().contains("base64,b3du"));
    QCOMPARE(carried->sources, QStringList());
}

void TestNotebookSources::hostileTextIsReadInTime()
{
    // With the square of the length, this would take half an hour.
    const QByteArray code =
        "import sys; sys.path.insert(0, '" LIFEGUARD_SOURCE_DIR "/resources/notebook')\n"
        "from nb_pictures import Pictures\nfrom nb_media import Media\n"
        "import nb_sources, nb_clm\n"
        "for unit in ('<img ', '<video src=\"', '[', '[a](clm:', '\\n', '# lifeguard: depends on '):\n"
        "    text = unit * 200_000\n"
        "    assert Pictures('.', [], '.').embed_in_html(text) == text\n"
        "    assert Media({}).change(text, True) == text\n"
        "    assert list(nb_sources.DECLARATION.finditer(text)) is not None\n"
        "    assert nb_clm.LINE_STATEMENT.search(text) is None\n";
    QProcess python;
    python.setProcessChannelMode(QProcess::MergedChannels);
    python.start(NotebookTools::find().python, {s("-c"), QString::fromUtf8(code)});
    QVERIFY(python.waitForFinished(patience));
    QVERIFY2(python.exitCode() == 0, python.readAll().constData());
}

void TestNotebookSources::otherFilesAreNotEmbedded_data()
{
    QTest::addColumn<QByteArray>("markdown"); // SECRET is replaced by the path of a file outside the workspace
    QTest::newRow("absolute path") << QByteArray("![a](SECRET)");
    QTest::newRow("relative path") << QByteArray("![a](../../../../../../../../../..SECRET)");
    QTest::newRow("file URL") << QByteArray("![a](file://SECRET)");
    QTest::newRow("HTML") << QByteArray("<img src=\"SECRET\">");
    QTest::newRow("HTML without quotes") << QByteArray("text <IMG alt=x SRC=SECRET> text");
    QTest::newRow("HTML block") << QByteArray("<div>\n<img src='file://SECRET'>\n</div>");
    QTest::newRow("reference") << QByteArray("![a][b]\n\n[b]: SECRET");
    QTest::newRow("escaped characters") << QByteArray("![a](SECRET%2e)").replace("SECRET%2e", "%2FSECRET");
    QTest::newRow("link") << QByteArray("![a](link.png)");
    QTest::newRow("linked folder") << QByteArray("![a](linked/secret.png)");
    QTest::newRow("frame") << QByteArray("<iframe src=\"file://SECRET\"></iframe><object data=\"SECRET\"></object>");
    QTest::newRow("template") << QByteArray("{% include 'SECRET' %} {{ resources.include_css('SECRET') }}");
    QTest::newRow("no picture") << QByteArray("![a](plain.txt)");
}

void TestNotebookSources::otherFilesAreNotEmbedded()
{
    QFETCH(QByteArray, markdown);
    const QByteArray canary = "canary of a file outside the workspace";
    const QTemporaryDir outside;
    const QString secret = outside.filePath(s("secret.png"));
    QVERIFY(writeOutput(secret, canary) && writeOutput(path("plain.txt"), canary));
    QVERIFY(QFile::link(secret, path("link.png")) && QFile::link(outside.path(), path("linked")));
    markdown.replace("SECRET", secret.toUtf8());
    QTcpServer server; // a listening canary
    QVERIFY(server.listen(QHostAddress::LocalHost));
    markdown += "\n\n![b](http://127.0.0.1:" + QByteArray::number(server.serverPort()) + "/x.png)";
    for (const char *format : {"html", "slides", "markdown"}) {
        const auto result = convert(notebook({"# Text\n\n" + markdown}), format);
        QVERIFY2(result, result ? "" : qPrintable(result.error().message));
        QVERIFY(!output().contains(canary));
        QVERIFY(!output().contains(canary.toBase64()));
    }
    QVERIFY2(!server.waitForNewConnection(0), "nothing must be fetched");
}

void TestNotebookSources::missingAttachmentsAreNoted()
{
    for (const char *format : {"html", "slides"}) {
        const auto result = convert(notebook({"# Text\n\n![a](attachment:gone.png)"}), format);
        QVERIFY2(result, result ? "" : qPrintable(result.error().message));
        QCOMPARE(result->notes,
                 QStringList{s("The picture attachment:gone.png was not found, so it was not embedded.")});
    }
}

void TestNotebookSources::notebooksDoNotChooseTheExporter()
{
    const QJsonObject metadata{{s("kernelspec"), QJsonObject{{s("name"), s("python3")}, {s("language"), s("python")}}},
                               {s("language_info"),
                                QJsonObject{{s("name"), s("python")}, {s("nbconvert_exporter"), s("latex")}}}};
    const auto result = convert(notebook({"# Text", "x = 1"}, metadata), "script");
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    QVERIFY2(output().contains("# # Text") && !output().contains("documentclass"), output().constData());
}

void TestNotebookSources::notesAreSentences_data()
{
    QTest::addColumn<QByteArray>("note");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("cut output") << QByteArray(R"({"code":"output_cut","cell":3,"missing":"68.0"})")
                                << s("The output of cell 3 is too large: 68.0 MB of it were left out. Print less, or "
                                     "write it to a file.");
    QTest::newRow("ended kernel") << QByteArray(R"({"code":"kernel_ended","cell":2})")
                                  << s("Cell 2, the last one, ended the kernel. Output that it had not sent by then "
                                       "is missing.");
    QTest::newRow("replaced kernel") << QByteArray(R"({"code":"kernel_replaced","kernel":"conda-x","used":"python3"})")
                                     << s("The kernel 'conda-x' is not installed. The notebook was run by 'python3', "
                                          "another kernel for its language.");
    QTest::newRow("many files") << QByteArray(R"({"code":"undeclared_files","names":["a","b"],"more":7})")
                                << s("The results depend on files that the notebook does not declare: a, b, and 7 "
                                     "more. When such a file changes, the notebook is not converted again.");
    QTest::newRow("picture outside") << QByteArray(R"({"code":"picture_outside","name":"/etc/x.png"})")
                                     << s("The picture /etc/x.png lies outside the workspace, so it was not embedded.");
    QTest::newRow("unreadable picture") << QByteArray(R"({"code":"picture_unreadable","name":"x.txt"})")
                                        << s("x.txt is not a picture that can be read, so it was not embedded.");
    QTest::newRow("unknown") << QByteArray(R"({"code":"of_another_module"})") << QString();
}

void TestNotebookSources::notesAreSentences()
{
    QFETCH(QByteArray, note);
    QFETCH(QString, sentence);
    const QStringList notes = notebookNotes({QJsonDocument::fromJson(note).object()});
    QCOMPARE(notes, sentence.isEmpty() ? QStringList() : QStringList{sentence});
}

QTEST_GUILESS_MAIN(TestNotebookSources)
#include "tst_notebooksources.moc"
