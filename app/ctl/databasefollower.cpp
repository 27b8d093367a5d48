// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/databasefollower.h"

#include "core/base/unixsignals.h"
#include "core/store/database.h"
#include "core/store/databasewatcher.h"

#include <QElapsedTimer>

#include <algorithm>
#include <csignal>

namespace lifeguard::ctl {

namespace {

constexpr milliseconds shortestPause{50};
constexpr int pausePerCost = 10;

} // namespace

DatabaseFollower::DatabaseFollower(Database &database) : m_database(database)
{
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, [this] {
        if (m_isStepDue) {
            step();
        }
    });
}

CommandResult DatabaseFollower::run(const Step &step, ExitCode onInterrupt, std::optional<seconds> timeout)
{
    m_step = step;
    UnixSignals signalsOfUser({SIGINT, SIGTERM});
    connect(&signalsOfUser, &UnixSignals::received, this, [this, onInterrupt] { end(onInterrupt); });
    m_database.setOnReplaced([this](const Error &error) { end(databaseError(error)); });
    // Created before the first step, so that no change is missed between the two.
    DatabaseWatcher watcher(m_database, nullptr);
    connect(&watcher, &DatabaseWatcher::changed, this, &DatabaseFollower::step);
    if (timeout) {
        QTimer::singleShot(*timeout, this, [this] { end(ExitCode::Timeout); });
    }
    stepSoon();
    m_loop.exec();
    m_database.setOnReplaced({});
    return *m_result;
}

void DatabaseFollower::stepSoon()
{
    QMetaObject::invokeMethod(this, &DatabaseFollower::step, Qt::QueuedConnection);
}

void DatabaseFollower::step()
{
    if (m_result) {
        return;
    }
    if (m_pause.isActive()) {
        m_isStepDue = true;
        return;
    }
    m_isStepDue = false;
    QElapsedTimer cost;
    cost.start();
    if (const std::optional<CommandResult> result = m_step()) {
        end(*result);
        return;
    }
    m_pause.start(std::max(shortestPause, milliseconds(cost.elapsed()) * pausePerCost));
}

void DatabaseFollower::end(const CommandResult &result)
{
    if (!m_result) {
        m_result = result;
        m_loop.quit();
    }
}

} // namespace lifeguard::ctl
