// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how the pages of CLM depend on its cache of executed notebooks. The decks have no code, so no kernel is
// started.
#include "core/worker/jobfiles.h"
#include "core/worker/sourcehashes.h"
#include "tests/support/notebooktest.h"
#include "tests/support/queuetest.h"

#include <QDateTime>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

const QString fromCache = s("The results are those of the recording, from CLM's cache of executed notebooks.");

} // namespace

class TestNotebookCache : public NotebookTest
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();
    void pagesDependOnTheCache_data();
    void pagesDependOnTheCache();
    void recordingChangesPages_data();
    void recordingChangesPages();
    void cacheThatCannotBeWrittenIsNoted();

public:
    TestNotebookCache() { qputenv("CLM_CACHE_DB_PATH", cache().toLocal8Bit()); }

private:
    [[nodiscard]] QString cache() const { return m_cacheFolder.filePath(s("cache.db")); }
    [[nodiscard]] Result<Conversion> convertPage(const QString &kind, const QString &format = s("html"))
    {
        return convert("# %% [markdown]\n# Text\n# %%\n", "html",
                       {{s("template_fingerprint"), s("T")},
                        {s("kind"), kind},
                        {s("language"), s("en")},
                        {s("prog_lang"), s("python")},
                        {s("format"), format}},
                       path("deck.py"));
    }

    QTemporaryDir m_cacheFolder; // outlives the workspaces of the tests, because the helper gets its path only once
};

void TestNotebookCache::cleanup()
{
    for (const QString &suffix : {s(""), s("-wal"), s("-shm")})
        QFile::remove(cache() + suffix);
}

void TestNotebookCache::pagesDependOnTheCache_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("format");
    QTest::addColumn<bool>("before"); // whether the page depends on the cache before the recording was made
    QTest::addColumn<bool>("after");
    QTest::newRow("partial") << s("partial") << s("html") << true << true;
    QTest::newRow("completed") << s("completed") << s("html") << false << true; // was executed, so it is complete
    QTest::newRow("trainer") << s("trainer") << s("html") << false << true;
    QTest::newRow("recording") << s("recording") << s("html") << false << false;
    QTest::newRow("code-along") << s("code-along") << s("html") << false << false; // never has results
    QTest::newRow("notebook") << s("partial") << s("notebook") << false << false;
}

void TestNotebookCache::pagesDependOnTheCache()
{
    QFETCH(QString, kind);
    QFETCH(QString, format);
    QFETCH(bool, before);
    QFETCH(bool, after);
    const QStringList files{cache(), cache() + s("-wal")};
    const auto first = convertPage(kind, format);
    QVERIFY2(first, first ? "" : qPrintable(first.error().message));
    QCOMPARE(first->sources, before ? files : QStringList());
    QVERIFY(convertPage(s("recording")));
    const auto second = convertPage(kind, format);
    QVERIFY(second);
    QCOMPARE(second->sources, after ? files : QStringList());
    QCOMPARE(second->notes.contains(fromCache), after);
}

void TestNotebookCache::recordingChangesPages_data()
{
    QTest::addColumn<QString>("journal");
    QTest::newRow("ordinary file") << s("DELETE");
    QTest::newRow("file with a write-ahead log") << s("WAL"); // entries are in another file at first
}

void TestNotebookCache::recordingChangesPages()
{
    QFETCH(QString, journal);
    RawSql other(cache()); // keeps the log
    QCOMPARE(other.value(s("PRAGMA journal_mode = ") + journal).toString().toUpper(), journal);
    const auto hashes = [](const Conversion &conversion) {
        return sourceHashes(conversion.sources, QDateTime::currentDateTime().addDays(1));
    };
    const auto lacking = convertPage(s("partial"));
    QVERIFY(lacking);
    QVERIFY(lacking->warnings && lacking->warnings->size() == 1);
    const QMap<QString, QString> before = hashes(*lacking);
    QCOMPARE(changedSource(before), QString());
    QVERIFY(convertPage(s("recording")));
    QVERIFY2(!changedSource(before).isEmpty(), "the page must be made again, now with results");
    const auto complete = convertPage(s("partial"));
    QVERIFY(complete && complete->notes.contains(fromCache));
    QCOMPARE(complete->warnings, std::optional(QJsonArray()));
    const QMap<QString, QString> after = hashes(*complete);
    QVERIFY(convertPage(s("recording")));
    QVERIFY2(!changedSource(after).isEmpty(), "the results may have changed");
}

void TestNotebookCache::cacheThatCannotBeWrittenIsNoted()
{
    QVERIFY(writeOutput(cache(), QByteArray("not a database ").repeated(100)));
    const auto result = convertPage(s("recording"));
    QVERIFY2(result, "a cache that cannot be used fails no job");
    QVERIFY2(result->notes.contains(
                 s("The results could not be stored in CLM's cache of executed notebooks (file is not "
                   "a database), so the page of the kind 'partial' has none.")),
             qPrintable(result->notes.join(u'\n')));
    QCOMPARE(result->warnings, std::optional(QJsonArray()));
}

QTEST_GUILESS_MAIN(TestNotebookCache)
#include "tst_notebookcache.moc"
