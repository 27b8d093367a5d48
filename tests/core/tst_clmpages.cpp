// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that pages of executed decks are those of CLM, also from CLM's cache, with real kernels.
#include "tests/support/clmcase.h"
#include "tests/support/notebooktest.h"
#include "tests/support/queuetest.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

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
    const QJsonObject expected = ClmCase(s("14-html-execution"), s("clm")).result(key);
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
                                 {s("source"), joined(cell.value(s("source")))},
                                 {s("tags"), cell.value(s("metadata")).toObject().value(s("tags")).toArray()},
                                 {s("executed"), !cell.value(s("outputs")).toArray().isEmpty()}});
    }
    return rows.size() == 1 ? toText(shown) : QByteArray();
}

} // namespace

class TestClmPages : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void pages_data();
    void pages();
    void pagesFromTheCache();
    void executionHashIsThatOfClm();

private:
    /// Converts the deck of case 14 to html.
    [[nodiscard]] Result<Conversion> convertPage(const QString &kind, const QJsonObject &further)
    {
        const ClmCase data(s("14-html-execution"), s("clm"));
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

void TestClmPages::pages_data()
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

void TestClmPages::pages()
{
    QFETCH(QString, key);
    QFETCH(QString, kind);
    QFETCH(bool, skipsEvaluation);
    const auto result = convertPage(kind, {{s("skip_evaluation"), skipsEvaluation}});
    QVERIFY2(result, result ? "" : qPrintable(result.error().message + result.error().detail));
    QCOMPARE(pageWords(output()), expectedWords(key));
}

/// The recording is stored in CLM's cache, and the other pages are made from it.
void TestClmPages::pagesFromTheCache()
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
             toText(ClmCase(s("14-html-execution"), s("clm")).expected.value(s("cells in the cached notebook"))));
    // Recorded answers of web servers are needed only if cells run.
    QVERIFY(convertPage(s("completed"), {{s("http_replay_mode"), s("replay")}}));
    const auto executed = convertPage(s("completed"), {{s("fallback_execute"), true}});
    QVERIFY(executed);
    QVERIFY(!executed->notes.join(u' ').contains(s("CLM's cache")));
}

void TestClmPages::executionHashIsThatOfClm()
{
    QTemporaryDir folder;
    const QString cache = folder.filePath(s("clm_cache.db"));
    useCache(cache);
    const auto restored = qScopeGuard([this] { useCache({}); });
    int count = 0;
    const QJsonArray examples = readObject(clmCasesFolder() + s("hashes.json")).value(s("clm")).toArray();
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

QTEST_GUILESS_MAIN(TestClmPages)
#include "tst_clmpages.moc"
