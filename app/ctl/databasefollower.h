// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/commanderror.h"
#include "core/base/clock.h"

#include <QEventLoop>
#include <QObject>
#include <QTimer>

#include <functional>
#include <optional>

namespace lifeguard {
class Database;
}

namespace lifeguard::ctl {

/// Runs a command that goes on until it is interrupted: calls a function now and after each change of the database.
/// Changes are noticed through the write-ahead log, so that waiting costs hardly any CPU time. While the database
/// changes all the time, the function runs for at most a tenth of the time.
class DatabaseFollower : public QObject
{
    Q_OBJECT

public:
    /// Does the work of the command. Returns its result when it is done.
    using Step = std::function<std::optional<CommandResult>()>;

    /// The database must outlive the follower.
    explicit DatabaseFollower(Database &database);

    /// Blocks until the step returns a result, or until one of these: SIGINT and SIGTERM end the command with
    /// onInterrupt, the timeout with ExitCode::Timeout, and the replacement of the database with ExitCode::Database.
    [[nodiscard]] CommandResult run(const Step &step, ExitCode onInterrupt, std::optional<seconds> timeout = {});
    /// Calls the step again soon, because something other than the database has changed.
    void stepSoon();

private:
    void step();
    void end(const CommandResult &result);

    Database &m_database;
    QEventLoop m_loop;
    Step m_step;
    std::optional<CommandResult> m_result;
    QTimer m_pause; ///< after a step
    bool m_isStepDue = false; ///< something has changed during the pause
};

} // namespace lifeguard::ctl
