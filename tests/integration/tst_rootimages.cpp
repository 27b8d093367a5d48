// SPDX-License-Identifier: GPL-3.0-or-later
// Tests pools whose program does not run with the protections of a container: the explanation, and the keys that give a
// protection up. The manager runs as root here, so its containers do as well; for other users see tst_images.cpp.
#include "core/model/poolinfo.h"
#include "tests/support/dockerpools.h"

using namespace lifeguard;
using namespace lifeguard::test;

Q_DECLARE_METATYPE(bool lifeguard::WorkerConfig::*)

class TestRootImages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void crashLoopNamesTheKey_data();
    void crashLoopNamesTheKey();
};

void TestRootImages::initTestCase()
{
    NEEDS_DOCKER();
    qputenv("DOCKER_HOST", DockerEngine::shared().endpoint().toLocal8Bit());
}

void TestRootImages::crashLoopNamesTheKey_data()
{
    QTest::addColumn<QString>("preparation"); // of the worker, a command of busybox
    QTest::addColumn<bool WorkerConfig::*>("protection");
    QTest::addColumn<QString>("advice");
    QTest::newRow("writes to its root file system")
        << s("mkdir /srv") << &WorkerConfig::writableRoot << s("a read-only root file system (writable_root=yes)");
    QTest::newRow("uses a capability") << s("chown 1:1 /tmp/x") << &WorkerConfig::keepCapabilities
                                       << s("no capabilities (keep_capabilities=yes)");
}

/// The program fails before it becomes a worker. With the key that the reason names, it works.
void TestRootImages::crashLoopNamesTheKey()
{
    QFETCH(QString, preparation);
    QFETCH(bool WorkerConfig::*, protection);
    QFETCH(QString, advice);
    PoolTest t;
    QVERIFY(t.begin());
    WorkerConfig config = dockerBusybox(
        t, {s("sh"), s("-c"),
            QStringLiteral("cd /workspace && ./busybox touch /tmp/x && ./busybox %1 && exec /usr/bin/lifeguard-worker")
                .arg(preparation)});
    const auto failing = t.manager->startPool(config);
    QVERIFY(failing);
    const auto infoOf = [&t](const QString &name) {
        for (const PoolInfo &pool : t.manager->pools()) {
            if (pool.name == name)
                return pool;
        }
        return PoolInfo();
    };
    QTRY_COMPARE_WITH_TIMEOUT(toString(infoOf(*failing).state), s("crash-looping"), 2 * patience);
    QVERIFY2(infoOf(*failing).reason.contains(advice), qPrintable(infoOf(*failing).reason));

    config.*protection = true;
    QVERIFY(t.manager->startPool(config));
    const QList<qint64> jobs = t.addNoop(1, 10);
    QTRY_COMPARE_WITH_TIMEOUT(toString(t.job(jobs.first()).status), s("completed"), patience);
    QVERIFY(t.stopAll());
}

QTEST_GUILESS_MAIN(TestRootImages)
#include "tst_rootimages.moc"
