// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/fileidentity.h"
#include "core/base/processidentity.h"
#include "core/base/result.h"
#include "core/config/convertersettings.h"
#include "core/config/loglevel.h"
#include "core/worker/outputowner.h"

#include <QProcessEnvironment>
#include <QStringList>

#include <optional>

namespace lifeguard {

/// The configuration of a worker process (docs/protocol.md, "Starting, stopping, killing").
struct WorkerOptions
{
    QString type;
    QString executorId; ///< workers.container_id
    QString executionMode; ///< "direct", or "docker" if the worker is named after its container
    QString databasePath;
    std::optional<FileIdentity> databaseFile; ///< the file that the manager has opened under this path
    QString workspace; ///< absolute path
    QString hostWorkspace; ///< the absolute path of the workspace on the host; empty if it is the same
    std::optional<OutputOwner> outputOwner; ///< nothing: the user of this process
    ConverterSettings converter;
    QStringList outputRoots; ///< folders outside the workspace that outputs may be written to; absolute, clean paths
    seconds maxJobTime{600};
    seconds fileLimit{30}; ///< for each operation on the files of a job, such as reading its input
    QString beatPath; ///< the beat file; if empty, the worker writes last_heartbeat itself
    int beatSlot = -1;
    std::optional<ProcessIdentity> manager;
    QString managerId; ///< lifeguard_managers.id, for a worker in a container, which cannot see the process of its
                       ///< manager
    qint64 assignedWorkerId = 0; ///< workers.id of the row that a manager of CLM has inserted for this worker; 0: none
    bool detach = false; ///< whether the worker keeps running after its manager is gone
    LogLevel logLevel = LogLevel::Info;
    int largestBatch = 0; ///< of jobs that are claimed together; 0: limited by time only. For measurements

    bool operator==(const WorkerOptions &) const = default;

    /// Reads the options from the environment and from the command line, which takes precedence (--type, --db,
    /// --workspace, --id, --max-job-time). arguments: without the name of the program. The error lists all missing and
    /// wrong values, one problem per line.
    [[nodiscard]] static Result<WorkerOptions> read(const QStringList &arguments,
                                                    const QProcessEnvironment &environment);
    /// Returns the text of --help.
    [[nodiscard]] static QString help();
};

} // namespace lifeguard
