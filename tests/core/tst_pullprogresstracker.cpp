// SPDX-License-Identifier: GPL-3.0-or-later
// The progress of a pull, calculated from the progress of its layers.
#include "core/docker/pullprogresstracker.h"
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

class TestPullProgressTracker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addsLayers();
    void reportsOnlyChanges();
    void acceptsInvalidObjects();
};

void TestPullProgressTracker::addsLayers()
{
    PullProgressTracker tracker;
    QCOMPARE(tracker.add(layer("latest", "Pulling from noop"))->status, s("Pulling from noop"));
    QCOMPARE(*tracker.add(layer("a", "Downloading", 10, 100)), (PullProgress{s("Downloading"), 10, 100}));
    QCOMPARE(*tracker.add(layer("b", "Downloading", 20, 300)), (PullProgress{s("Downloading"), 30, 400}));
    QCOMPARE(*tracker.add(layer("a", "Download complete")), (PullProgress{s("Download complete"), 120, 400}));
    // Unpacking counts from 0 again and does not reduce the progress.
    QVERIFY(!tracker.add(layer("a", "Extracting", 1, 100)));
    QCOMPARE(*tracker.add(layer("b", "Extracting", 1, 300)), (PullProgress{s("Extracting"), 400, 400}));
}

void TestPullProgressTracker::reportsOnlyChanges()
{
    PullProgressTracker tracker;
    QVERIFY(tracker.add(layer("a", "Downloading", 0, 1000)));
    QVERIFY(!tracker.add(layer("a", "Downloading", 19, 1000)));
    QVERIFY(tracker.add(layer("a", "Downloading", 20, 1000)));
    QVERIFY(!tracker.add(layer("a", "Downloading", 21, 1000)));
}

void TestPullProgressTracker::acceptsInvalidObjects()
{
    PullProgressTracker tracker;
    QVERIFY(!tracker.add({}));
    QCOMPARE(tracker.add(layer("a", "Downloading", 50, 10))->bytes, 10);
    QVERIFY(!tracker.add(layer("a", "Downloading", -5, -7)));
    const QJsonObject odd{{s("status"), 3}, {s("progressDetail"), s("x")}};
    QVERIFY(!tracker.add(odd));
}

QTEST_GUILESS_MAIN(TestPullProgressTracker)
#include "tst_pullprogresstracker.moc"
