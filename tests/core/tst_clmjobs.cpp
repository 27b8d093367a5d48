// SPDX-License-Identifier: GPL-3.0-or-later
// Tests single rules for the jobs of CLX and CLM: C++ scripts, refusals and notes, pictures, templates, and pools that
// set the rules.
#include "tests/support/clmcase.h"
#include "tests/support/notebooktest.h"
#include "tests/support/queuetest.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestClmJobs : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void cppScriptsCompile();
    void refusals_data();
    void refusals();
    void notes_data();
    void notes();
    void errorsAreSkipped();
    void picturesComeFromTheTopic();
    void templatesSeeNoOtherFiles_data();
    void templatesSeeNoOtherFiles();
    void poolsSetTheRules();
};

void TestClmJobs::cppScriptsCompile()
{
    const QByteArray deck = R"(// j2 from 'macros.j2' import header
// {{ header("Vektoren", "Vectors") }}

// %%
#include <iostream>
#include <string>
#include <vector>
#define TWICE(x) (2 * (x))

// %%
std::vector<int> numbers{1, 2, 3}; // three numbers
const std::string text = "semicolon; brace {";
numbers[0] = TWICE(2);
numbers.size()

// %%
template <typename T>
struct Box {
    T value;
};
class Point { public: explicit Point(int x) : m_x(x) {} int x() const; private: int m_x; };
int Point::x() const { return m_x; }
std::ostream &operator<<(std::ostream &stream, const Point &point) { return stream << point.x(); }
Box<int> box{5};
unsigned long large = 6;
auto add = [](int a, int b) { return a + b; };

// %%
for (int number : numbers) {
    if (number > 2) std::cout << number << ';';
    else { std::cout << '-'; }
}
*numbers.data() = 9;
int twice(int n = 1) { return 2 * n; }
++large;
do { --large; } while (large > 3);
struct Pair { Pair() : a{1}, b{2} {} int a; int b; };
static_cast<void>(std::vector<int>{1, 2}.size());
box.value = add(box.value, 1);
Point(box.value)

// %%
void quiet() {}
quiet()

// %%
std::cout << R"x(
raw; }
)x"

// %%
int last = 1;
last++;

// %%
// The program, /* which */ calls
/* the slides */ int main()
{
    slide_01();
    slide_02();
    slide_03();
    slide_04();
    slide_05();
}
)";
    const auto result = convert(deck, "script",
                                {{s("template_fingerprint"), s("")},
                                 {s("kind"), s("completed")},
                                 {s("language"), s("en")},
                                 {s("prog_lang"), s("cpp")},
                                 {s("format"), s("code")}},
                                path("deck.cpp"));
    QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
    QVERIFY(QFile::copy(path("out"), path("unit.cpp")));
    QProcess compiler;
    compiler.setProcessChannelMode(QProcess::MergedChannels);
    compiler.start(s("g++"), {s("-std=c++20"), s("-Wall"), s("-Werror"), s("-o"), path("unit"), path("unit.cpp")});
    QVERIFY(compiler.waitForFinished(patience));
    QVERIFY2(compiler.exitCode() == 0, QByteArray(compiler.readAll() + output()).constData());
    QProcess program;
    program.start(path("unit"), QStringList());
    QVERIFY(program.waitForFinished(patience));
    QCOMPARE(program.readAll(), QByteArray("3\n4;-3;6\n\nraw; }\n"));
}

void TestClmJobs::refusals_data()
{
    QTest::addColumn<QByteArray>("deck");
    QTest::addColumn<QJsonObject>("payload");
    QTest::addColumn<QString>("message");
    const QByteArray plain = "# %%\nx = 1\n";
    const QString hint = s("python3 -m clm.workers.notebook");
    QTest::newRow("kind") << plain << QJsonObject{{s("kind"), s("solution")}} << s("kind 'solution'");
    QTest::newRow("no kind") << plain << QJsonObject{{s("kind"), s("")}} << s("kind ''");
    QTest::newRow("no language") << plain << QJsonObject{{s("language"), QJsonValue()}} << s("'language'");
    QTest::newRow("programming language") << plain << QJsonObject{{s("prog_lang"), s("cobol")}} << s("'cobol'");
    QTest::newRow("format") << plain << QJsonObject{{s("format"), s("slides")}} << s("'slides'");
    QTest::newRow("replay") << plain << QJsonObject{{s("http_replay_mode"), s("once")}} << s("'once'");
    QTest::newRow("replay, hint") << plain << QJsonObject{{s("http_replay_mode"), s("once")}} << hint;
    QTest::newRow("unknown replay mode") << plain
                                         << QJsonObject{{s("http_replay_mode"), s("twice")},
                                                        {s("format"), s("notebook")}}
                                         << s("'twice'");
    QTest::newRow("kernel") << QByteArray("// %%\nint x;\n") << QJsonObject{{s("prog_lang"), s("cpp")}}
                            << s("'xcpp20'");
    QTest::newRow("kernel, hint") << QByteArray("// %%\nint x;\n") << QJsonObject{{s("prog_lang"), s("cpp")}} << hint;
    QTest::newRow("tag") << QByteArray("# %% tags=[\"secret\"]\n1\n") << QJsonObject() << s("'secret'");
    QTest::newRow("tag like a private one")
        << QByteArray("# %% [markdown] tags=[\"slide\", \"Note\"]\n# text\n") << QJsonObject() << s("'notes'");
}

void TestClmJobs::refusals()
{
    QFETCH(QByteArray, deck);
    QFETCH(QJsonObject, payload);
    QFETCH(QString, message);
    QJsonObject all{{s("template_fingerprint"), s("")},
                    {s("kind"), s("completed")},
                    {s("language"), s("en")},
                    {s("prog_lang"), s("python")},
                    {s("format"), s("html")}};
    for (auto value = payload.constBegin(); value != payload.constEnd(); ++value)
        all.insert(value.key(), *value);
    const auto result = convert(deck, "html", all, path(deck.startsWith('/') ? "deck.cpp" : "deck.py"));
    QVERIFY(!result);
    QVERIFY2(result.error().message.contains(message), qPrintable(result.error().message));
    QVERIFY(output().isEmpty());
}

void TestClmJobs::notes_data()
{
    QTest::addColumn<QByteArray>("deck");
    QTest::addColumn<QJsonObject>("payload");
    QTest::addColumn<QString>("note");
    const QByteArray plain = "# %%\nx = 1\n";
    QTest::newRow("rules") << plain << QJsonObject() << s("Cells were selected by the rules of CLM 1.27.");
    QTest::newRow("replay is not needed") << plain << QJsonObject{{s("http_replay_mode"), s("replay")}}
                                          << s("Cells were selected by the rules of CLM 1.27.");
    QTest::newRow("tag") << QByteArray("# %% tags=[\"secret\"]\n1\n") << QJsonObject{{s("kind"), s("trainer")}}
                         << s("Cell 1: the tag 'secret' has no meaning for code.");
    QTest::newRow("slide tags") << QByteArray("# %% [markdown] tags=[\"slide\", \"subslide\"]\n# a\n") << QJsonObject()
                                << s("Cell 1 has several slide tags (slide, subslide). The first one was used.");
    QTest::newRow("not executed") << plain << QJsonObject{{s("kind"), s("partial")}, {s("format"), s("html")}}
                                  << s("Code of the kind 'partial' is not executed, so the page has no results.");
    QTest::newRow("not executed by request")
        << plain << QJsonObject{{s("skip_evaluation"), true}, {s("format"), s("html")}}
        << s("The code was not executed, as the job requests (skip_evaluation), so the page has no results.");
    QTest::newRow("code-along") << plain << QJsonObject{{s("kind"), s("code-along")}, {s("format"), s("html")}}
                                << s("Code of the kind 'code-along' is not executed, so the page has no results.");
    QTest::newRow("picture") << QByteArray("# %% [markdown]\n# <img src=\"img/a.png\">\n")
                             << QJsonObject{{s("inline_images"), true}}
                             << s("The picture img/a.png is not among the files of the topic, so it was not embedded.");
}

void TestClmJobs::notes()
{
    QFETCH(QByteArray, deck);
    QFETCH(QJsonObject, payload);
    QFETCH(QString, note);
    QJsonObject all{{s("template_fingerprint"), s("")},
                    {s("kind"), s("completed")},
                    {s("language"), s("en")},
                    {s("prog_lang"), s("python")},
                    {s("format"), s("notebook")}};
    for (auto value = payload.constBegin(); value != payload.constEnd(); ++value)
        all.insert(value.key(), *value);
    const auto result = convert(deck, "html", all, path("deck.py"));
    QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
    QVERIFY2(result->notes.contains(note), qPrintable(result->notes.join(u'\n')));
    // The rules are no problem, so 'clm build' must not show them as a warning.
    const QByteArray warnings = QJsonDocument(result->warnings.value_or(QJsonArray{0})).toJson();
    QVERIFY2(!warnings.contains("by the rules"), warnings.constData());
    // CLM has no warning about code that is never executed.
    const bool isUsual = result->notes.size() == 1 || note.contains(s("skip_evaluation"))
                      || note.contains(s("'code-along'"));
    QCOMPARE(result->warnings->isEmpty(), isUsual);
}

void TestClmJobs::errorsAreSkipped()
{
    const QByteArray deck = "# %%\nprint('be' + 'fore')\n1 / 0\n# %%\nprint('af' + 'ter')\n";
    QJsonObject payload{{s("template_fingerprint"), s("")}, {s("kind"), s("completed")}, {s("language"), s("en")},
                        {s("prog_lang"), s("python")},      {s("format"), s("html")},    {s("skip_errors"), true}};
    const auto result = convert(deck, "html", payload, path("deck.py"));
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    QVERIFY(output().contains("after") && !output().contains("before") && !output().contains("ZeroDivisionError"));
    QVERIFY2(result->notes.contains(s("Cells that failed have no results (skip_errors): 1.")),
             qPrintable(result->notes.join(u'\n')));
    QVERIFY(result->warnings && result->warnings->size() == 1);
    QCOMPARE(result->warnings->first().toObject().value(s("category")).toString(), s("skip_errors_cell_failed"));
    payload.insert(s("skip_errors"), false);
    const auto failed = convert(deck, "html", payload, path("deck.py"));
    QVERIFY(!failed);
    QVERIFY2(failed.error().message.contains(s("ZeroDivisionError")), qPrintable(failed.error().message));
}

void TestClmJobs::picturesComeFromTheTopic()
{
    const QByteArray dot = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    const QByteArray url = "data:image/svg+xml;base64," + dot.toBase64();
    QVERIFY(QDir().mkpath(path("topic/img")) && QDir().mkpath(path("topic/img-generated")));
    const auto write = [this](const char *name, const QByteArray &content) {
        QFile file(path(name));
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
    };
    QVERIFY(write("topic/img/a.svg", dot) && write("topic/img-generated/b.svg", dot) && write("outside.svg", dot));
    QVERIFY(QFile::link(path("outside.svg"), path("topic/img/link.svg")));
    const QByteArray deck =
        "# %% [markdown]\n# <img src=\"img/a.svg\">\n# <img src=\"img/b.png\">\n"
        "# <img src=\"../outside.svg\"> <img src=\"img/link.svg\"> <img src=\"/etc/hostname.svg\">\n";
    const QJsonObject payload{{s("template_fingerprint"), s("")},
                              {s("kind"), s("completed")},
                              {s("language"), s("en")},
                              {s("prog_lang"), s("python")},
                              {s("format"), s("notebook")},
                              {s("inline_images"), true},
                              {s("img_path_prefix"), s("../img/")},
                              {s("svg_available_stems"), QJsonArray{s("b")}},
                              {s("source_topic_dir"), path("topic")}};
    const auto result = convert(deck, "notebook", payload, path("topic/deck.py"));
    QVERIFY2(result, result ? "" : qPrintable(result.error().message));
    const QStringList lines = cellsIn(output()).first().toObject().value(s("source")).toString().split(u'\n');
    QCOMPARE(lines.at(0), s("<img src=\"%1\">").arg(QString::fromLatin1(url)));
    QCOMPARE(lines.at(1), s("<img src=\"%1\">").arg(QString::fromLatin1(url)));
    QCOMPARE(lines.at(2),
             s("<img src=\"../outside.svg\"> <img src=\"../img/link.svg\"> <img src=\"/etc/hostname.svg\">"));
    QVERIFY(result->sources.contains(QFileInfo(path("topic/img/a.svg")).canonicalFilePath()));
    // The page changes with the link, too.
    QVERIFY(result->sources.contains(QFileInfo(path("topic")).canonicalFilePath() + s("/img/link.svg")));
    // A folder elsewhere is not read, even if the payload names it.
    QTemporaryDir elsewhere;
    QVERIFY(QFile::copy(path("topic/img/a.svg"), elsewhere.filePath(s("c.svg"))));
    QJsonObject outside = payload;
    outside.insert(s("source_topic_dir"), elsewhere.path());
    const auto refused = convert("# %% [markdown]\n# <img src=\"c.svg\">\n", "notebook", outside,
                                 path("topic/deck.py"));
    QVERIFY(refused);
    QVERIFY2(!output().contains("base64"), output().constData());
}

void TestClmJobs::templatesSeeNoOtherFiles_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("absolute path") << QByteArray("# j2 include '/etc/hostname'");
    QTest::newRow("file beside") << QByteArray("# j2 include 'canary.txt'");
    QTest::newRow("parent") << QByteArray("# j2 include '../canary.txt'");
    QTest::newRow("attribute") << QByteArray("x = \"{{ ''.__class__.__mro__ }}\"");
    QTest::newRow("function") << QByteArray("x = \"{{ header.__globals__ }}\"");
    QTest::newRow("own variable") << QByteArray("x = \"{{ other_files }}\"");
}

void TestClmJobs::templatesSeeNoOtherFiles()
{
    QFETCH(QByteArray, line);
    QFile canary(path("canary.txt"));
    QVERIFY(canary.open(QIODevice::WriteOnly) && canary.write("canary = 1\n") > 0);
    canary.close();
    const auto result = convert("# j2 from 'macros.j2' import header\n# %% tags=[\"keep\"]\n" + line + "\n", "notebook",
                                {{s("template_fingerprint"), s("")},
                                 {s("kind"), s("completed")},
                                 {s("language"), s("en")},
                                 {s("prog_lang"), s("python")},
                                 {s("format"), s("notebook")}},
                                path("deck.py"));
    QVERIFY(!result);
    QVERIFY2(result.error().message.contains(s("deck.py, line 3")), qPrintable(result.error().message));
}

void TestClmJobs::poolsSetTheRules()
{
    const QByteArray deck = "# %% tags=[\"start\"]\nx = 1\n# %% [markdown] tags=[\"voiceover\"]\n# spoken\n"
                            "# %%\ny = 2\n";
    Job job;
    job.inputFile = path("deck.py");
    ConversionContext context;
    context.workspace = m_folder->path();
    context.payload = {{s("kind"), s("completed")},
                       {s("language"), s("en")},
                       {s("prog_lang"), s("python")},
                       {s("format"), s("notebook")},
                       {s("skip_evaluation"), true}};
    context.data = deck;
    context.format = s("notebook");
    context.outputFile = path("out");
    const auto shows = [&](const QString &rules, const QByteArray &word) {
        context.settings.notebookRules = rules;
        m_result.reset();
        m_converter->convert(job, context);
        return QTest::qWaitFor([this] { return m_result.has_value(); }, patience) && *m_result
            && output().contains(word);
    };
    QVERIFY(shows(s("clx"), "spoken"));
    QVERIFY(shows(s("clm"), "y = 2"));
    QVERIFY(!output().contains("spoken"));
    QVERIFY(shows(s("lifeguard"), "y = 2"));
    QVERIFY(!output().contains("spoken"));
    // What our own rules leave as it is, is reported.
    context.data = "# j2 from 'macros.j2' import header\n" + deck;
    context.payload.insert(s("inline_images"), true);
    QVERIFY(shows(s("lifeguard"), "j2 from"));
    const QString notes = (*m_result)->notes.join(u'\n');
    QVERIFY2(notes.contains(s("templates ('j2')")) && notes.contains(s(": inline_images.")), qPrintable(notes));
    context.payload.insert(s("http_replay_mode"), s("once"));
    context.payload.insert(s("skip_evaluation"), false);
    QVERIFY2(!shows(s("lifeguard"), "y = 2"), "recorded answers are refused under all rules");
}

QTEST_GUILESS_MAIN(TestClmJobs)
#include "tst_clmjobs.moc"
