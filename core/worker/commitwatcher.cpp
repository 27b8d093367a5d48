// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/commitwatcher.h"

#include "core/base/logging.h"
#include "core/store/database.h"
#include "core/store/idleworkers.h"
#include "core/worker/idlesleeper.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace lifeguard {
namespace {

constexpr milliseconds pollInterval{250};
constexpr int idleFactor = 4; ///< idle workers poll less often, because waking up is most of what they cost
constexpr milliseconds watchInterval{300}; ///< shorter than the interval at which the others check the watcher
constexpr milliseconds lookInterval{5}; ///< of the watcher, without inotify
constexpr milliseconds shortestBackOff{20};
/// How long others may wait for their jobs because the watcher is busy. Handing the watch over and taking it again
/// costs more than a shorter job: closing an inotify instance alone takes about 1 ms.
constexpr milliseconds longestBriefJob{4};

} // namespace

CommitWatcher::CommitWatcher(Database &database, const QString &type, QObject *parent)
    : QObject(parent)
    , m_database(database)
    , m_type(type)
    , m_log(database.info().path + QStringLiteral("-wal"), [this] { return look(); })
{
    // The numbers are in memory that only programs on this machine share.
    if (!database.info().readOnly && database.info().networkFileSystem.isEmpty())
        m_idleWorkers = IdleWorkers::open(database.info().path, type);
    if (m_idleWorkers) {
        m_sleeper = std::make_unique<IdleSleeper>(*m_idleWorkers, type);
        connect(m_sleeper.get(), &IdleSleeper::woken, this, &CommitWatcher::onWoken);
    }
    m_clock.start();
    m_handOverTimer.setSingleShot(true);
    m_handOverTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_handOverTimer, &QTimer::timeout, this, [this] { setEager(false); });
    m_planTimer.setSingleShot(true);
    m_planTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_planTimer, &QTimer::timeout, this, &CommitWatcher::wakeWorkers);
    connect(&m_watchTimer, &QTimer::timeout, this, [this] { m_idleWorkers->showWatching(); });
    connect(&m_pollTimer, &QTimer::timeout, this, &CommitWatcher::onPollTimer);
    m_backOffTimer.setSingleShot(true);
    connect(&m_backOffTimer, &QTimer::timeout, this, [this] {
        if (m_isWatching)
            wakeWorkers(); // for commits while nobody was watching
        else if (!m_idleWorkers)
            watchLog();
        std::ignore = look();
    });
    if (const Result<qint64> version = m_database.dataVersion())
        m_version = *version;
    setPollInterval(pollInterval);
}

CommitWatcher::~CommitWatcher()
{
    stopWatching();
}

void CommitWatcher::setEager(bool eager)
{
    const bool isSame = m_isEager == eager && (m_isEager || !m_isWatching);
    if (isSame || m_isReplaced)
        return;
    m_handOverTimer.stop();
    m_isEager = eager;
    startPolling();
    if (m_isEager) {
        if (!m_isWatching)
            beginIdle();
        m_backOffTimer.start(0); // for a commit between the last claim and the start of watching
        return;
    }
    m_backOffTimer.stop();
    if (m_sleeper)
        m_sleeper->stop();
    stopWatching();
    m_log.stop();
}

void CommitWatcher::setBusy(bool isBrief)
{
    if (!isBrief || !m_isWatching) {
        setEager(false);
        return;
    }
    m_isEager = false;
    m_backOffTimer.stop();
    m_handOverTimer.start(longestBriefJob);
}

void CommitWatcher::backOff()
{
    if (!m_isEager || m_idleWorkers)
        return;
    m_backOff = std::clamp(m_backOff * 2, shortestBackOff, pollInterval);
    m_log.stop();
    m_backOffTimer.start(m_backOff);
}

void CommitWatcher::setPollInterval(milliseconds interval)
{
    m_pollInterval = interval;
    startPolling();
}

void CommitWatcher::startPolling()
{
    m_pollTimer.start(isSleeping() ? m_pollInterval * idleFactor : m_pollInterval);
}

/// Returns whether one of the idle workers watches for this one, or this one for the others.
bool CommitWatcher::isSleeping() const
{
    return m_isEager && m_idleWorkers;
}

void CommitWatcher::onPollTimer()
{
    if (m_isWatching && !m_idleWorkers->isWatching()) { // this process was stopped for a while
        stopWatching();
        if (m_isEager)
            sleep();
    }
    if (isSleeping()) {
        if (!m_isWatching && m_idleWorkers->takeOver()) {
            m_sleeper->stop();
            startWatching();
        }
    } else if (m_backOffTimer.isActive()) {
        return;
    }
    if (m_isEager && (m_isWatching || !m_idleWorkers))
        watchLog(); // it may not have been possible before
    std::ignore = look();
    if (std::exchange(m_hasUnreported, false) && m_isEager && !m_isReplaced)
        Q_EMIT committed();
}

/// Handles a new commit, if there is one, and returns whether there is.
bool CommitWatcher::look()
{
    if (const Status same = m_database.checkFiles(); !same) {
        reportReplaced(same.error());
        return false;
    }
    if (!hasNewCommit())
        return false;
    const Status same = m_database.checkIdentity();
    if (m_database.isReplaced())
        reportReplaced(same.error());
    else
        onNewCommit();
    return true;
}

bool CommitWatcher::hasNewCommit()
{
    const Result<qint64> version = m_database.dataVersion();
    if (!version) {
        qCWarning(lcWorker).noquote() << version.error().message;
        return false;
    }
    if (*version == m_version) {
        resetBackOff(); // no other program is writing
        return false;
    }
    m_version = *version;
    return true;
}

void CommitWatcher::onNewCommit()
{
    if (m_isWatching) {
        m_hasUnreported = true;
        wakeWorkers();
    } else {
        Q_EMIT committed();
    }
}

/// Wakes the workers that the pending jobs need, and reports a commit if this worker is one of them.
void CommitWatcher::wakeWorkers()
{
    if (!m_isWatching)
        return;
    std::ignore = m_database.repairSchema(); // another program may have dropped the triggers that count the jobs
    const bool isNeeded = wakePlanned();
    if (const std::optional<milliseconds> next = m_plan.nextLook())
        m_planTimer.start(std::max(*next - milliseconds(m_clock.elapsed()), milliseconds(1)));
    else
        m_planTimer.stop();
    if (isNeeded) {
        m_hasUnreported = false;
        Q_EMIT committed();
    }
}

/// Returns whether this worker must look for a job as well.
bool CommitWatcher::wakePlanned()
{
    QList<WakePlan::Jobs> jobs;
    Status read = failure(ErrorCode::Database, QString());
    if (m_database.countsJobs()) {
        read = m_database.run("jobs_pending_by_type", {}, [&jobs](const QSqlQuery &row) {
            jobs.append({row.value(0).toString(), row.value(1).toLongLong(), row.value(2).toLongLong()});
        });
    }
    if (!read) {
        m_idleWorkers->wakeAll();
        return true;
    }
    bool isNeeded = false;
    const QList<WakePlan::Wake> wakes = m_plan.update(jobs, milliseconds(m_clock.elapsed()));
    for (const WakePlan::Wake &wake : wakes) {
        // The watcher claims the first job itself, which is quicker than waking another worker. That one is woken
        // later, to continue the watch.
        const int own = wake.type == m_type ? 1 : 0;
        const int others = wake.count - own;
        const int woken = others > 0 ? m_idleWorkers->wake(wake.type, others) : 0;
        m_plan.record(wake, own + woken);
        isNeeded = isNeeded || own > 0;
    }
    return isNeeded;
}

/// The watcher has woken this worker: there are jobs of its type, or nobody watches any more.
void CommitWatcher::onWoken()
{
    if (!m_isEager || m_isReplaced) {
        std::ignore = m_idleWorkers->wake(m_type, 1);
        return;
    }
    // Read before looking for jobs, so that the worker does not sleep through later ones.
    const quint32 ticket = m_idleWorkers->ticket();
    if (m_idleWorkers->watch())
        startWatching();
    if (hasNewCommit()) { // reported now
        const Status same = m_database.checkIdentity();
        if (m_database.isReplaced()) {
            reportReplaced(same.error());
            return;
        }
    }
    Q_EMIT committed();
    if (m_isEager && !m_isWatching)
        m_sleeper->start(ticket);
}

void CommitWatcher::beginIdle()
{
    if (!m_idleWorkers)
        watchLog();
    else if (m_idleWorkers->watch())
        startWatching();
    else
        sleep();
}

void CommitWatcher::sleep()
{
    m_sleeper->start(m_idleWorkers->ticket());
}

void CommitWatcher::startWatching()
{
    m_isWatching = true;
    m_plan = {};
    m_idleWorkers->showWatching();
    m_watchTimer.start(watchInterval);
    watchLog();
    m_backOffTimer.start(0);
}

/// Only the watcher looks often if the log cannot be watched, because there is only one.
void CommitWatcher::watchLog()
{
    m_log.start(m_isWatching ? std::optional(lookInterval) : std::nullopt);
}

void CommitWatcher::stopWatching()
{
    if (!m_isWatching)
        return;
    m_isWatching = false;
    m_log.stop();
    m_watchTimer.stop();
    m_planTimer.stop();
    m_backOffTimer.stop();
    m_idleWorkers->stopWatching();
}

void CommitWatcher::reportReplaced(const Error &error)
{
    m_isReplaced = true;
    m_pollTimer.stop();
    m_backOffTimer.stop();
    if (m_sleeper)
        m_sleeper->stop();
    stopWatching();
    m_log.stop();
    Q_EMIT databaseReplaced(error);
}

} // namespace lifeguard
