// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that running pools follow their configuration file, with real workers.
#include "core/session/configfollower.h"
#include "core/session/managersession.h"
#include "places.h"
#include "tests/support/pooltest.h"

#include <QFile>
#include <QSaveFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace lifeguard;
using namespace lifeguard::test;

class TestConfigFollowing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void unchangedFileChangesNoPid();
    void brokenEditChangesNothing();
    void changesAreApplied();
    void changedPoolIsReplacedWorkerByWorker();
    void countSetByHandStays();
    void changedTypeKeepsTheName();
    void poolsOutsideTheFileKeepTheirTarget();
    void fileOfAWorkspaceNeedsConsentAgain();

private:
    void start(const QByteArray &content, bool needsConsent = false);
    /// Replaces the file as editors do: by renaming a new one over it.
    void save(const QByteArray &content);
    /// Replaces the file, and waits until it was read.
    [[nodiscard]] bool saveAndWait(const QByteArray &content);
    /// Returns the pids of the workers by pool, in the order of their ids.
    [[nodiscard]] QMap<QString, QList<qint64>> pids() const;
    [[nodiscard]] bool waitForCounts(const QMap<QString, int> &counts) const;
    [[nodiscard]] PoolInfo pool(const char *name) const;
    /// Returns the texts of the events of this kind, oldest first.
    [[nodiscard]] QStringList texts(EventKind kind) const;
    [[nodiscard]] QString path() const { return m_folder->filePath(s("lifeguard.yaml")); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ManagerSession> m_session;
    std::unique_ptr<ConfigFollower> m_follower;
};

namespace {

constexpr const char *twoPools = "pools:\n  a: {type: noop, mode: direct, count: 2}\n  b: {type: noop, mode: direct}\n";

} // namespace

void TestConfigFollowing::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_STATE_HOME", QFile::encodeName(m_folder->filePath(s("state"))));
}

void TestConfigFollowing::cleanup()
{
    if (m_session) {
        QSignalSpy stopped(m_session.get(), &ManagerSession::stopped);
        m_session->stop(seconds(0));
        EVENTUALLY(!stopped.isEmpty());
    }
    m_follower.reset();
    m_session.reset();
}

void TestConfigFollowing::start(const QByteArray &content, bool needsConsent)
{
    save(content);
    const FoundConfig found{path(), needsConsent ? FoundConfig::Origin::Workspace : FoundConfig::Origin::Option};
    RunningConfig config;
    config.trust = ConfigTrust(m_folder->filePath(s("trust/list")));
    if (needsConsent)
        QVERIFY(config.trust.trust(path(), content));
    config.selection = loadConfig(found, config.options, config.trust);
    QVERIFY(config.selection.isUsable());

    ManagerSessionOptions options;
    options.database = m_folder->filePath(s("jobs.db"));
    options.workspace = m_folder->path();
    options.workerProgram = s(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    m_session = std::make_unique<ManagerSession>(options);
    m_follower = std::make_unique<ConfigFollower>(*m_session, config);
    QSignalSpy ready(m_session.get(), &ManagerSession::ready);
    QSignalSpy checked(m_follower.get(), &ConfigFollower::checked);
    m_session->open();
    EVENTUALLY(!ready.isEmpty());
    m_follower->start();
    EVENTUALLY(!checked.isEmpty());
}

void TestConfigFollowing::save(const QByteArray &content)
{
    QSaveFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
    QVERIFY(file.commit());
}

bool TestConfigFollowing::saveAndWait(const QByteArray &content)
{
    QSignalSpy checked(m_follower.get(), &ConfigFollower::checked);
    save(content);
    return waitUntil([&checked] { return !checked.isEmpty(); });
}

QMap<QString, QList<qint64>> TestConfigFollowing::pids() const
{
    QMap<QString, QList<qint64>> all;
    for (const WorkerInfo &worker : m_session->manager()->workers()) {
        if (worker.state == WorkerState::Idle)
            all[worker.pool].append(worker.pid);
    }
    for (QList<qint64> &each : all)
        std::sort(each.begin(), each.end());
    return all;
}

bool TestConfigFollowing::waitForCounts(const QMap<QString, int> &counts) const
{
    return waitUntil([&] {
        QMap<QString, int> now;
        const auto all = pids();
        for (auto each = all.begin(); each != all.end(); ++each)
            now.insert(each.key(), int(each->size()));
        return now == counts;
    });
}

PoolInfo TestConfigFollowing::pool(const char *name) const
{
    for (const PoolInfo &each : m_session->manager()->pools()) {
        if (each.name == s(name))
            return each;
    }
    return {};
}

QStringList TestConfigFollowing::texts(EventKind kind) const
{
    QStringList texts;
    for (const Event &event : answerOf(m_session->store().events(1000)).value_or(QList<Event>())) {
        if (event.kind == kind)
            texts.prepend(event.message.translatedText());
    }
    return texts;
}

void TestConfigFollowing::unchangedFileChangesNoPid()
{
    start(twoPools);
    QVERIFY(waitForCounts({{s("a"), 2}, {s("b"), 1}}));
    QCOMPARE(pool("a").countSource, CountSource::File);
    const auto before = pids();
    QSignalSpy applied(m_follower.get(), &ConfigFollower::applied);
    QVERIFY(saveAndWait(twoPools));
    QVERIFY(saveAndWait("# another order, comments and spellings\n"
                        "pools:\n  b:\n    mode: 'direct'\n    type: noop\n    max_job_time: 600s\n"
                        "  a:\n    count: 2\n    type: noop\n    mode: direct # processes\n"));
    QVERIFY(applied.isEmpty());
    QVERIFY(waitForCounts({{s("a"), 2}, {s("b"), 1}}));
    QCOMPARE(pids(), before);
}

void TestConfigFollowing::brokenEditChangesNothing()
{
    start(twoPools);
    QVERIFY(waitForCounts({{s("a"), 2}, {s("b"), 1}}));
    const auto before = pids();
    QSignalSpy refused(m_follower.get(), &ConfigFollower::refused);
    QVERIFY(saveAndWait("pools:\n  a: {type: noop, mode: direct, cuont: 3}\n"));
    QCOMPARE(refused.count(), 1);
    const QString text = refused.takeFirst().constFirst().toString();
    QVERIFY2(text.contains(path() + s(":2:")) && text.contains(s("Did you mean 'count'?")), qPrintable(text));
    EVENTUALLY(texts(EventKind::ConfigRefused).size() == 1);
    QVERIFY(texts(EventKind::ConfigRefused).constFirst().contains(s("Did you mean 'count'?")));
    QVERIFY(saveAndWait("")); // an editor may truncate a file before it writes it
    QCOMPARE(refused.count(), 1);
    QVERIFY(QFile::remove(path()));
    EVENTUALLY(refused.count() == 2);
    QCOMPARE(pids(), before);
    QVERIFY(saveAndWait("pools:\n  a: {type: noop, mode: direct, count: 3}\n  b: {type: noop, mode: direct}\n"));
    QVERIFY(waitForCounts({{s("a"), 3}, {s("b"), 1}}));
}

void TestConfigFollowing::changesAreApplied()
{
    start(twoPools);
    QVERIFY(waitForCounts({{s("a"), 2}, {s("b"), 1}}));
    const auto before = pids();
    QSignalSpy applied(m_follower.get(), &ConfigFollower::applied);
    QVERIFY(saveAndWait("pools:\n  a: {type: noop, mode: direct, count: 3}\n  c: {type: noop, mode: direct}\n"));
    QCOMPARE(applied.count(), 1);
    EVENTUALLY(texts(EventKind::ConfigApplied)
               == QStringList({s("The configuration file %1 applies.").arg(path()),
                               s("The changed configuration file %1 applies. Added pools: c. Removed pools: b. Changed "
                                 "pools: a.")
                                   .arg(path())}));
    QVERIFY(waitForCounts({{s("a"), 3}, {s("c"), 1}}));
    for (const qint64 pid : before.value(s("a")))
        QVERIFY(pids().value(s("a")).contains(pid));
    EVENTUALLY(pool("b").name.isEmpty());
}

void TestConfigFollowing::changedPoolIsReplacedWorkerByWorker()
{
    start(twoPools);
    QVERIFY(waitForCounts({{s("a"), 2}, {s("b"), 1}}));
    const auto before = pids();
    const QList<qint64> replaced = before.value(s("a"));
    QVERIFY(saveAndWait("pools:\n  a: {type: noop, mode: direct, count: 2, grace: 7s}\n"
                        "  b: {type: noop, mode: direct}\n"));
    EVENTUALLY([&] {
        const QList<qint64> now = pids().value(s("a"));
        return now.size() == 2 && !now.contains(replaced.constFirst()) && !now.contains(replaced.constLast());
    }());
    QCOMPARE(pids().value(s("b")), before.value(s("b")));
    QCOMPARE(pool("a").config.stopGrace, seconds(7));
}

void TestConfigFollowing::countSetByHandStays()
{
    start(twoPools);
    QVERIFY(waitForCounts({{s("a"), 2}, {s("b"), 1}}));
    m_session->manager()->setPoolCount(s("a"), 3);
    QVERIFY(waitForCounts({{s("a"), 3}, {s("b"), 1}}));
    QCOMPARE(pool("a").countSource, CountSource::Hand);
    QVERIFY(saveAndWait("pools:\n  a: {type: noop, mode: direct, count: 2, grace: 7s}\n"
                        "  b: {type: noop, mode: direct, count: 2}\n"));
    EVENTUALLY(pool("a").config.stopGrace == seconds(7));
    QCOMPARE(pool("a").config.count, 3);
    QCOMPARE(pool("a").countSource, CountSource::Hand);
    QVERIFY(saveAndWait("pools:\n  a: {type: noop, mode: direct, count: 1, grace: 7s}\n"
                        "  b: {type: noop, mode: direct, count: 2}\n"));
    QVERIFY(waitForCounts({{s("a"), 1}, {s("b"), 2}}));
    QCOMPARE(pool("a").countSource, CountSource::File);
}

void TestConfigFollowing::changedTypeKeepsTheName()
{
    start(twoPools);
    QVERIFY(waitForCounts({{s("a"), 2}, {s("b"), 1}}));
    QVERIFY(saveAndWait("pools:\n  a: {type: plantuml, mode: direct}\n  b: {type: noop, mode: direct}\n"));
    EVENTUALLY(pool("a").config.type == s("plantuml"));
}

void TestConfigFollowing::poolsOutsideTheFileKeepTheirTarget()
{
    start("pools:\n  a: {type: noop, mode: direct, scaling: {max: 2}}\n"
          "  b: {type: noop, mode: direct, scaling: {max: 2}}\n");
    // Pools of the file can change their rules together.
    QSignalSpy failed(m_follower.get(), &ConfigFollower::failed);
    QVERIFY(saveAndWait("pools:\n  a: {type: noop, mode: direct, scaling: {max: 2, target_per_worker: 5}}\n"
                        "  b: {type: noop, mode: direct, scaling: {max: 2, target_per_worker: 5}}\n"));
    EVENTUALLY(pool("b").config.scaling->targetPerWorker == 5);
    QCOMPARE(failed.size(), 0);

    const Result<QString> other = m_session->launch(pool("a").config, s("other"), CountSource::Launch);
    QVERIFY(other);
    QVERIFY(saveAndWait("pools:\n  a: {type: noop, mode: direct, scaling: {max: 2, target_per_worker: 6}}\n"));
    QCOMPARE(failed.size(), 1);
    QVERIFY2(failed.first().first().toString().contains(s("pool other, which is not in the file")),
             qPrintable(failed.first().first().toString()));
    QCOMPARE(pool("a").config.scaling->targetPerWorker, 5);

    m_session->manager()->removePool(*other);
    EVENTUALLY(pool("other").name.isEmpty());
    QVERIFY(
        saveAndWait("# changed\npools:\n  a: {type: noop, mode: direct, scaling: {max: 3, target_per_worker: 6}}\n"));
    EVENTUALLY(pool("a").config.scaling->targetPerWorker == 6);
}

void TestConfigFollowing::fileOfAWorkspaceNeedsConsentAgain()
{
    start(twoPools, true);
    QVERIFY(waitForCounts({{s("a"), 2}, {s("b"), 1}}));
    QSignalSpy refused(m_follower.get(), &ConfigFollower::refused);
    const QByteArray changed = "pools:\n  b: {type: noop, mode: direct}\n";
    QVERIFY(saveAndWait(changed));
    QCOMPARE(refused.count(), 1);
    QVERIFY(refused.first().constFirst().toString().contains(s("lifeguardctl config trust ")));
    QVERIFY(waitForCounts({{s("a"), 2}, {s("b"), 1}}));
    QVERIFY(ConfigTrust(m_folder->filePath(s("trust/list"))).trust(path(), changed));
    QVERIFY(waitForCounts({{s("b"), 1}}));
}

QTEST_GUILESS_MAIN(TestConfigFollowing)
#include "tst_configfollowing.moc"
