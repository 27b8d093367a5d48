// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/processidentity.h"
#include "core/base/result.h"

#include <QProcessEnvironment>
#include <QStringList>

#include <optional>

namespace lifeguard {

enum class LogLevel { Debug, Info, Warning, Error };

/// What a worker is started with (shared/PROTOCOL.md, "Starting, stopping, killing").
struct WorkerOptions
{
    QString type;
    QString executorId; ///< workers.container_id
    QString executionMode; ///< "direct", or "docker" where the container's name is all we have
    QString databasePath;
    QString workspace; ///< absolute
    QString hostWorkspace; ///< the same on the host, absolute; empty: it is called so there, too
    seconds maxJobTime{600};
    QString beatPath; ///< empty: no beat channel, the worker writes last_heartbeat itself
    int beatSlot = -1;
    std::optional<ProcessIdentity> manager;
    QString managerId; ///< of lifeguard_managers: how a worker in a container, which sees no process of it, knows its manager
    bool detach = false; ///< goes on when its manager is gone
    LogLevel logLevel = LogLevel::Info;

    bool operator==(const WorkerOptions &) const = default;

    /// From the environment; options of the command line (--type, --db, --workspace, --id, --max-job-time) win. arguments
    /// are those after the program's name. The error says everything that is missing or wrong.
    [[nodiscard]] static Result<WorkerOptions> read(const QStringList &arguments, const QProcessEnvironment &environment);
    [[nodiscard]] static QString help();
};

} // namespace lifeguard
