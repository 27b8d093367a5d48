// SPDX-License-Identifier: GPL-3.0-or-later
// How far a pull has come, out of what the engine says of each layer.
#include "core/docker/pullmeter.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

QJsonObject layer(const char *id, const char *status, qint64 current = -1, qint64 total = -1)
{
    QJsonObject object{{s("id"), s(id)}, {s("status"), s(status)}};
    if (total >= 0)
        object.insert(s("progressDetail"), QJsonObject{{s("current"), current}, {s("total"), total}});
    return object;
}

} // namespace

class TestPullMeter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addsLayers();
    void tellsOnlyWhatMoved();
    void takesAnything();
};

void TestPullMeter::addsLayers()
{
    PullMeter meter;
    QCOMPARE(meter.add(layer("latest", "Pulling from noop"))->status, s("Pulling from noop"));
    QCOMPARE(*meter.add(layer("a", "Downloading", 10, 100)), (PullProgress{s("Downloading"), 10, 100}));
    QCOMPARE(*meter.add(layer("b", "Downloading", 20, 300)), (PullProgress{s("Downloading"), 30, 400}));
    QCOMPARE(*meter.add(layer("a", "Download complete")), (PullProgress{s("Download complete"), 120, 400}));
    // Unpacking counts from nothing again: what was downloaded stays so.
    QVERIFY(!meter.add(layer("a", "Extracting", 1, 100)));
    QCOMPARE(*meter.add(layer("b", "Extracting", 1, 300)), (PullProgress{s("Extracting"), 400, 400}));
}

void TestPullMeter::tellsOnlyWhatMoved()
{
    PullMeter meter;
    QVERIFY(meter.add(layer("a", "Downloading", 0, 1000)));
    QVERIFY(!meter.add(layer("a", "Downloading", 19, 1000)));
    QVERIFY(meter.add(layer("a", "Downloading", 20, 1000)));
    QVERIFY(!meter.add(layer("a", "Downloading", 21, 1000)));
}

void TestPullMeter::takesAnything()
{
    PullMeter meter;
    QVERIFY(!meter.add({}));
    QCOMPARE(meter.add(layer("a", "Downloading", 50, 10))->bytes, 10);
    QVERIFY(!meter.add(layer("a", "Downloading", -5, -7)));
    const QJsonObject odd{{s("status"), 3}, {s("progressDetail"), s("x")}};
    QVERIFY(!meter.add(odd));
}

QTEST_GUILESS_MAIN(TestPullMeter)
#include "tst_pullmeter.moc"
