// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that decks of CLX and CLM are converted as their own programs do: the cases in tests/data/clm-notebooks.
#include "places.h"
#include "tests/support/notebooktest.h"
#include "tests/support/queuetest.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

const QString casesFolder = s(LIFEGUARD_SOURCE_DIR "/tests/data/clm-notebooks/");
const QStringList studentKinds{s("completed"), s("code-along"), s("partial")};

/// Returns the object in a file; an empty one if the file does not exist.
QJsonObject readObject(const QString &path)
{
    return QJsonDocument::fromJson(contentOf(path)).object();
}

/// A deck, and what CLX ("seed") or CLM ("clm") make of it.
struct Case
{
    explicit Case(const QString &name, const QString &program)
        : folder(casesFolder + name + u'/')
        , isOfClm(program == s("clm"))
        , description(readObject(folder + s("case.json")))
        , expected(readObject(folder + s("expected-") + program + s(".json")))
        , right(readObject(folder + s("right-") + program + s(".json")))
    {
    }

    /// Returns the expected result, which can be that of another key.
    [[nodiscard]] QJsonObject result(const QString &key) const
    {
        const QJsonObject &results = right.isEmpty() ? expected : right;
        const QJsonObject found = results.value(key).toObject();
        const QString other = found.value(s("same_as")).toString();
        return other.isEmpty() ? found : results.value(other).toObject();
    }
    [[nodiscard]] QString deckName() const { return description.value(s("file")).toString(); }
    [[nodiscard]] QByteArray deck() const { return contentOf(folder + deckName()); }
    [[nodiscard]] QJsonObject payload(const QStringList &key) const
    {
        QJsonObject others;
        const QJsonArray siblings = description.value(s("siblings")).toArray();
        for (const QJsonValue &sibling : siblings) {
            const QByteArray content = contentOf(folder + sibling.toString());
            others.insert(sibling.toString(), QString::fromLatin1(content.toBase64()));
        }
        QJsonObject payload{{s("correlation_id"), s("c")},     {s("kind"), key.at(0)},
                            {s("language"), key.at(1)},        {s("format"), key.at(2)},
                            {s("other_files"), others},        {s("prog_lang"), description.value(s("prog_lang"))},
                            {s("input_file_name"), deckName()}};
        if (!isOfClm)
            return payload;
        payload.insert(s("template_fingerprint"), s("T"));
        const QJsonObject further = description.value(s("payload")).toObject();
        for (auto value = further.constBegin(); value != further.constEnd(); ++value)
            payload.insert(value.key(), *value);
        return payload;
    }

    QString folder;
    bool isOfClm;
    QJsonObject description;
    QJsonObject expected;
    QJsonObject right; ///< our results, where theirs are defects
};

QString sourceOf(const QJsonObject &cell)
{
    QString source;
    const QJsonArray lines = cell.value(s("source")).toArray();
    for (const QJsonValue &line : lines)
        source += line.toString();
    return source;
}

/// Returns the cells of a notebook in the form of the expected results: without ids and outputs.
QJsonArray cellsIn(const QByteArray &notebook)
{
    QJsonArray cells;
    const QJsonArray read = QJsonDocument::fromJson(notebook).object().value(s("cells")).toArray();
    for (const QJsonValue &value : read) {
        const QJsonObject cell = value.toObject();
        QJsonObject shown{{s("type"), cell.value(s("cell_type"))}, {s("source"), sourceOf(cell)}};
        if (const QJsonObject metadata = cell.value(s("metadata")).toObject(); !metadata.isEmpty())
            shown.insert(s("metadata"), metadata);
        cells.append(shown);
    }
    return cells;
}

QByteArray toText(const QJsonValue &value)
{
    return QJsonDocument(QJsonObject{{s("value"), value}}).toJson();
}

/// Returns why the text does not fit the words in the expected result ("…contains" and "…lacks"); empty if it does.
QString wordError(const QString &text, const QJsonObject &expected, const QString &prefix)
{
    const QJsonArray contained = expected.value(prefix + s("_contains")).toArray();
    for (const QJsonValue &word : contained) {
        if (!text.contains(word.toString()))
            return s("lacks ") + word.toString();
    }
    const QJsonArray lacking = expected.value(prefix + s("_lacks")).toArray();
    for (const QJsonValue &word : lacking) {
        if (text.contains(word.toString()))
            return s("contains ") + word.toString();
    }
    return {};
}

/// Returns why a cell differs from the expected one; empty if it does not.
QByteArray cellError(QJsonObject cell, QJsonObject expected)
{
    if (const QString error = wordError(sourceOf({{s("source"), QJsonArray{cell.value(s("source"))}}}), expected,
                                        s("source"));
        !error.isEmpty())
        return error.toUtf8();
    expected.remove(s("source_contains"));
    expected.remove(s("source_lacks"));
    if (!expected.contains(s("source")))
        cell.remove(s("source"));
    return cell == expected ? QByteArray() : toText(cell) + "is not\n" + toText(expected);
}

bool isPrivate(const QJsonValue &cell)
{
    return cell.toObject().value(s("metadata")).toObject().value(s("tags")).toArray().contains(s("private"));
}

/// Returns the expected cells. Kinds for participants lack private cells, which CLX and CLM show.
QJsonArray expectedCells(const QJsonObject &expected, const QString &kind)
{
    QJsonArray cells;
    const QJsonArray theirs = expected.value(s("cells")).toArray();
    for (const QJsonValue &cell : theirs) {
        if (!studentKinds.contains(kind) || !isPrivate(cell))
            cells.append(cell);
    }
    return cells;
}

/// Returns CLM's own warnings without the fields that the expected results leave out.
QJsonArray shortened(const QJsonArray &warnings)
{
    QJsonArray result;
    for (const QJsonValue &value : warnings) {
        const QJsonObject warning = value.toObject();
        if (warning.value(s("category")) == s("lifeguard"))
            continue;
        result.append(QJsonObject{{s("category"), warning.value(s("category"))},
                                  {s("severity"), warning.value(s("severity"))},
                                  {s("message"), warning.value(s("message"))}});
    }
    return result;
}

/// Returns the visible text of a page.
QString visibleText(const QByteArray &page)
{
    QString text = QString::fromUtf8(page);
    text = text.mid(text.indexOf(s("<body")));
    text.remove(QRegularExpression(s("<[^>]*>")));
    return text.replace(s("&quot;"), s("\"")).replace(s("&#34;"), s("\""));
}

/// The words that a page shows: those of outputs and text, and those of code.
using PageWords = QPair<QStringList, QStringList>;

PageWords pageWords(const QByteArray &page)
{
    const QString text = visibleText(page);
    PageWords shown;
    const auto add = [&](const QString &word) {
        if (text.contains(word))
            shown.first.append(word);
    };
    add(s("Slide text"));
    for (const char *word : {"plain", "kept", "start", "solution", "task", "given", "scaffold"}) {
        add(s("OUT") + s(word));
        if (text.contains(u'"' + s(word) + u'"'))
            shown.second.append(s(word));
    }
    for (const char *word : {"note text", "voice text", "answer text", "Answer:"})
        add(s(word));
    return shown;
}

QStringList toStringList(const QJsonValue &value)
{
    QStringList words;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &word : array)
        words.append(word.toString());
    return words;
}

PageWords expectedWords(const QString &key)
{
    const QJsonObject expected = Case(s("14-html-execution"), s("clm")).result(key);
    return {toStringList(expected.value(s("outputs_and_text"))), toStringList(expected.value(s("code_shown")))};
}

/// Returns the notebooks in a cache.
QList<QByteArray> cacheRows(const QString &cache, const QString &condition = {})
{
    QList<QByteArray> rows;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(s("QSQLITE"), s("cache"));
        database.setDatabaseName(cache);
        if (database.open()) {
            QSqlQuery query(database);
            query.exec(s("SELECT executed_notebook FROM executed_notebooks ") + condition);
            while (query.next())
                rows.append(query.value(0).toString().toUtf8());
        }
    }
    QSqlDatabase::removeDatabase(s("cache"));
    return rows;
}

/// Returns the cells of the only notebook in a cache, in the form of the expected results.
QByteArray cachedCells(const QString &cache)
{
    const QList<QByteArray> rows = cacheRows(cache);
    QJsonArray shown;
    const QJsonArray cells = QJsonDocument::fromJson(rows.value(0)).object().value(s("cells")).toArray();
    for (const QJsonValue &value : cells) {
        const QJsonObject cell = value.toObject();
        shown.append(QJsonObject{{s("type"), cell.value(s("cell_type"))},
                                 {s("source"), sourceOf(cell)},
                                 {s("tags"), cell.value(s("metadata")).toObject().value(s("tags")).toArray()},
                                 {s("executed"), !cell.value(s("outputs")).toArray().isEmpty()}});
    }
    return rows.size() == 1 ? toText(shown) : QByteArray();
}

} // namespace

class TestClmNotebooks : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void cases_data();
    void cases();
    void pages_data();
    void pages();
    void pagesFromTheCache();
    void executionHashIsThatOfClm();
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

private:
    /// Converts the deck of case 14 to html.
    [[nodiscard]] Result<Conversion> convertPage(const QString &kind, const QJsonObject &further)
    {
        const Case data(s("14-html-execution"), s("clm"));
        QJsonObject payload = data.payload({kind, s("en"), s("html")});
        for (auto value = further.constBegin(); value != further.constEnd(); ++value)
            payload.insert(value.key(), *value);
        return convert(data.deck(), "html", payload, path("deck.py"));
    }
    /// Starts a new converter whose jobs use this cache; none if the path is empty.
    void useCache(const QString &path)
    {
        if (path.isEmpty())
            qunsetenv("CLM_CACHE_DB_PATH");
        else
            qputenv("CLM_CACHE_DB_PATH", path.toLocal8Bit());
        QVERIFY(close());
        createConverter();
    }
};

void TestClmNotebooks::cases_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("key");
    const QStringList names = QDir(casesFolder).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QCOMPARE(names.size(), 15);
    for (const QString &name : names) {
        if (name.startsWith(s("14"))) // see pages()
            continue;
        for (const QString &program : {s("clm"), s("seed")}) {
            const QStringList keys = Case(name, program).expected.keys();
            QVERIFY(!keys.isEmpty());
            for (const QString &key : keys)
                QTest::newRow(qPrintable(QStringList({name, program, key}).join(u' '))) << name << program << key;
        }
    }
}

void TestClmNotebooks::cases()
{
    QFETCH(QString, name);
    QFETCH(QString, program);
    QFETCH(QString, key);
    const Case data(name, program);
    const QJsonObject expected = data.result(key);
    const QStringList parts = key.split(u'/');
    const auto result = convert(data.deck(), "notebook", data.payload(parts),
                                path(data.deckName().toLatin1().constData()));
    if (const QString error = expected.value(s("error")).toString(); !error.isEmpty()) {
        QVERIFY(!result);
        QVERIFY2(result.error().message.contains(error), qPrintable(result.error().message));
        return;
    }
    QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
    if (data.isOfClm)
        QCOMPARE(toText(shortened(result->warnings.value_or(QJsonArray()))),
                 toText(expected.value(s("warnings")).toArray()));
    if (expected.contains(s("text"))) {
        QString text = QString::fromUtf8(output());
        QString wanted = expected.value(s("text")).toString();
        if (wanted.startsWith(s("<HEADER CELL>"))) {
            wanted.remove(0, 13);
            QVERIFY2(text.endsWith(wanted), qPrintable(text));
            QCOMPARE(wordError(text.chopped(wanted.size()), expected, s("header")), QString());
            return;
        }
        if (const qsizetype helper = wanted.indexOf(s("<DISPLAY HELPER>")); helper >= 0) {
            const qsizetype helperEnd = text.indexOf(wanted.mid(helper + 16));
            QVERIFY2(helperEnd > helper, qPrintable(text));
            text.replace(helper, helperEnd - helper, s("<DISPLAY HELPER>"));
        }
        QCOMPARE(text, wanted);
        return;
    }
    const QJsonArray cells = cellsIn(output());
    const QJsonArray wanted = expectedCells(expected, parts.constFirst());
    QVERIFY(!wanted.isEmpty());
    QCOMPARE(cells.size(), wanted.size());
    for (qsizetype at = 0; at < cells.size(); ++at)
        QCOMPARE(cellError(cells.at(at).toObject(), wanted.at(at).toObject()), QByteArray());
    const QJsonObject notebook = QJsonDocument::fromJson(output()).object();
    QCOMPARE(notebook.value(s("nbformat")).toInt() * 10 + notebook.value(s("nbformat_minor")).toInt(), 45);
    if (expected.contains(s("notebook_metadata")))
        QCOMPARE(toText(notebook.value(s("metadata"))), toText(expected.value(s("notebook_metadata"))));
}

void TestClmNotebooks::pages_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<bool>("skipsEvaluation");
    QTest::newRow("recording") << s("recording (fills the cache)") << s("recording") << false;
    QTest::newRow("trainer") << s("trainer (no cache)") << s("trainer") << false;
    QTest::newRow("completed") << s("completed (no cache)") << s("completed") << false;
    QTest::newRow("partial") << s("partial (no cache)") << s("partial") << false;
    QTest::newRow("code-along") << s("code-along (no cache)") << s("code-along") << false;
    QTest::newRow("skip_evaluation") << s("completed, skip_evaluation") << s("completed") << true;
}

void TestClmNotebooks::pages()
{
    QFETCH(QString, key);
    QFETCH(QString, kind);
    QFETCH(bool, skipsEvaluation);
    const auto result = convertPage(kind, {{s("skip_evaluation"), skipsEvaluation}});
    QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
    QCOMPARE(pageWords(output()), expectedWords(key));
}

/// The recording is stored in CLM's cache, and the other pages are made from it.
void TestClmNotebooks::pagesFromTheCache()
{
    QTemporaryDir folder;
    const QString cache = folder.filePath(s("clm_cache.db"));
    useCache(cache);
    const auto restored = qScopeGuard([this] { useCache({}); });
    for (const auto &[key, kind] :
         std::initializer_list<std::pair<QString, QString>>{{s("recording (fills the cache)"), s("recording")},
                                                            {s("trainer (from the cache)"), s("trainer")},
                                                            {s("completed (from the cache)"), s("completed")},
                                                            {s("partial (from the cache)"), s("partial")},
                                                            {s("code-along (no cache)"), s("code-along")}}) {
        const auto result = convertPage(kind, {});
        QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
        QCOMPARE(pageWords(output()), expectedWords(key));
        const bool isCached = result->notes.join(u' ').contains(s("CLM's cache"));
        QCOMPARE(isCached, key.contains(s("from the cache")));
    }
    QCOMPARE(cachedCells(cache),
             toText(Case(s("14-html-execution"), s("clm")).expected.value(s("cells in the cached notebook"))));
    // Recorded answers of web servers are needed only if cells run.
    QVERIFY(convertPage(s("completed"), {{s("http_replay_mode"), s("replay")}}));
    const auto executed = convertPage(s("completed"), {{s("fallback_execute"), true}});
    QVERIFY(executed);
    QVERIFY(!executed->notes.join(u' ').contains(s("CLM's cache")));
}

void TestClmNotebooks::executionHashIsThatOfClm()
{
    QTemporaryDir folder;
    const QString cache = folder.filePath(s("clm_cache.db"));
    useCache(cache);
    const auto restored = qScopeGuard([this] { useCache({}); });
    int count = 0;
    const QJsonArray examples = readObject(casesFolder + s("hashes.json")).value(s("clm")).toArray();
    for (const QJsonValue &value : examples) {
        QJsonObject payload = value.toObject().value(s("payload")).toObject();
        if (value.toObject().value(s("job_type")) != s("notebook"))
            continue;
        payload.insert(s("kind"), s("recording")); // is not part of the hash
        payload.insert(s("format"), s("html"));
        payload.remove(s("http_replay_mode"));
        const auto result = convert(payload.value(s("data")).toString().toUtf8(), "html", payload, path("deck.py"));
        QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
        const QString hash = value.toObject().value(s("execution_cache_hash")).toString();
        QCOMPARE(cacheRows(cache, s("WHERE content_hash = '%1'").arg(hash)).size(), 1);
        ++count;
    }
    QCOMPARE(count, 3);
}

void TestClmNotebooks::cppScriptsCompile()
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

void TestClmNotebooks::refusals_data()
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

void TestClmNotebooks::refusals()
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

void TestClmNotebooks::notes_data()
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

void TestClmNotebooks::notes()
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

void TestClmNotebooks::errorsAreSkipped()
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

void TestClmNotebooks::picturesComeFromTheTopic()
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

void TestClmNotebooks::templatesSeeNoOtherFiles_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("absolute path") << QByteArray("# j2 include '/etc/hostname'");
    QTest::newRow("file beside") << QByteArray("# j2 include 'canary.txt'");
    QTest::newRow("parent") << QByteArray("# j2 include '../canary.txt'");
    QTest::newRow("attribute") << QByteArray("x = \"{{ ''.__class__.__mro__ }}\"");
    QTest::newRow("function") << QByteArray("x = \"{{ header.__globals__ }}\"");
    QTest::newRow("own variable") << QByteArray("x = \"{{ other_files }}\"");
}

void TestClmNotebooks::templatesSeeNoOtherFiles()
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

void TestClmNotebooks::poolsSetTheRules()
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

QTEST_GUILESS_MAIN(TestClmNotebooks)
#include "tst_clmnotebooks.moc"
