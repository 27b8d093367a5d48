// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configdiff.h"
#include "core/config/configfile.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestConfigDiff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void formattingIsNoChange();
    void pools();
    void changedType();
    void sections();
};

namespace {

Configuration parsed(const QByteArray &text)
{
    const ConfigFileResult result = parseConfigFile(text, s("/etc/lifeguard.yaml"));
    if (!result)
        qFatal("%s", qPrintable(result.error().first().toString()));
    return result->configuration;
}

QStringList names(const QList<NamedPool> &pools)
{
    QStringList all;
    for (const NamedPool &pool : pools)
        all.append(pool.name);
    return all;
}

} // namespace

void TestConfigDiff::formattingIsNoChange()
{
    const Configuration from = parsed(
        "pools:\n  noop:\n    mode: direct\n    max_job_time: 120\n  plantuml: {mode: direct}\n");
    const Configuration to = parsed("# more comments\npools: {plantuml: {count: 1, mode: 'direct'},"
                                    " noop: {max_job_time: 2m, mode: direct}}\n");
    QVERIFY(configDiff(from, to).isEmpty());
}

void TestConfigDiff::pools()
{
    const Configuration from = parsed("pools:\n  a: {type: noop, mode: direct}\n  b: {type: noop, mode: direct}\n"
                                      "  c: {type: noop, mode: direct}\n  d: {type: noop, mode: direct}\n");
    const Configuration to = parsed(
        "pools:\n  a: {type: noop, mode: direct}\n  b: {type: noop, mode: direct, count: 3}\n"
        "  c: {type: noop, mode: direct, count: 2, grace: 20s}\n  e: {type: noop, mode: direct}\n");
    const ConfigDiff diff = configDiff(from, to);
    QCOMPARE(diff.removed, QStringList{s("d")});
    QCOMPARE(names(diff.added), QStringList{s("e")});
    QCOMPARE(names(diff.changed), QStringList{s("c")});
    QCOMPARE(diff.counts, (QList<PoolCountChange>{{s("b"), 3}}));
    QVERIFY(diff.restartKeys.isEmpty());
}

void TestConfigDiff::changedType()
{
    const ConfigDiff diff = configDiff(parsed("pools: {a: {type: noop, mode: direct}}\n"),
                                       parsed("pools: {a: {type: plantuml, mode: direct}}\n"));
    QCOMPARE(diff.removed, QStringList{s("a")});
    QCOMPARE(names(diff.added), QStringList{s("a")});
    QVERIFY(diff.changed.isEmpty());
}

void TestConfigDiff::sections()
{
    const ConfigDiff diff = configDiff(parsed(""), parsed("database: x.db\nretention: {failed: 3d}\n"));
    QCOMPARE(diff.restartKeys, QStringList{s("database")}); // retention applies at once
    QVERIFY(!diff.isEmpty());
}

QTEST_GUILESS_MAIN(TestConfigDiff)
#include "tst_configdiff.moc"
