// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the results cache.
#include "core/base/timestamp.h"
#include "core/store/resultscache.h"
#include "tests/support/queuetestcase.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;
using namespace std::chrono_literals;

class TestResultsCache : public QueueTestCase
{
    Q_OBJECT

private Q_SLOTS:
    void findsAndReplacesEntries();
};

void TestResultsCache::findsAndReplacesEntries()
{
    ResultsCache cache(*t->db, t->clock);
    const QString output = QStringLiteral("/w/output/a.svg");
    const QString hash = QStringLiteral("abc");
    const QJsonObject first{{QStringLiteral("size"), 12}};
    const QJsonObject second{{QStringLiteral("size"), 13}};
    QVERIFY(!cache.find(output, hash).value());
    QVERIFY(cache.store(output, hash, first));
    t->clock.advance(60s);
    QCOMPARE(cache.find(output, hash)->value(), first);
    QVERIFY(!cache.find(output, QStringLiteral("abd")).value());
    QVERIFY(!cache.find(QStringLiteral("/w/output/b.svg"), hash).value());
    RawSql raw(t->path());
    QCOMPARE(raw.value(QStringLiteral("SELECT access_count FROM results_cache")).toInt(), 1);
    QCOMPARE(raw.value(QStringLiteral("SELECT last_accessed FROM results_cache")).toString(),
             toSqlTime(t->clock.utcNow()));
    QVERIFY(cache.store(output, hash, second));
    QCOMPARE(cache.find(output, hash)->value(), second);
    QCOMPARE(raw.value(QStringLiteral("SELECT count(*) FROM results_cache")).toInt(), 1);
    QVERIFY2(cache.store(output, QString(), first) && !cache.find(output, QString()).value(),
             "an entry must have a hash");
}

QTEST_GUILESS_MAIN(TestResultsCache)
#include "tst_resultscache.moc"
