// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/config/convertersettings.h"
#include "core/config/executionmode.h"
#include "core/config/iopriority.h"
#include "core/config/poollimits.h"
#include "core/config/restartmode.h"
#include "core/config/scalingconfig.h"

#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>

namespace lifeguard {

/// The time between max_job_time, at which a worker ends its job, and the action of the health monitor if the worker
/// has not done so (docs/protocol.md).
inline constexpr seconds jobLimitSlack{15};

/// The minimum of staleAfter in containers. Their workers beat every 5 s, into the database; one or two missed beats
/// are normal.
inline constexpr seconds minStaleAfterInContainers{15};

/// The maximum of all durations in a configuration.
inline constexpr seconds maxDuration = poollimits::maxDuration;

/// The defaults of durations that pools and the observation of their workers share. 30 s is CLX's limit for stale
/// beats.
inline constexpr seconds defaultMaxJobTime{600};
inline constexpr seconds defaultRegistrationTimeout{30};
inline constexpr seconds defaultStaleAfter{30};
inline constexpr seconds defaultHungAfter{60};

/// One error in a configuration.
struct ConfigError
{
    QString field; ///< as in files and on the command line: "count", "environment.NAME", "scaling.schedule[0].from"
    QString message; ///< what is wrong and what to do about it, a whole sentence for the user

    bool operator==(const ConfigError &) const = default;
};

/// The configuration of a pool and its workers. A value type; validate it before use.
struct WorkerConfig
{
    QString type; ///< job type: "plantuml", "noop", or one of the user's own, which needs a command or an image
    int count = 1; ///< number of workers, 0 to 1000; with scaling, the number until the first decision
    std::optional<ScalingConfig> scaling; ///< the count follows the pending jobs; std::nullopt: it is fixed
    ExecutionMode mode = ExecutionMode::Docker; ///< the default in files, as in CLX; the default elsewhere is Auto
    QString image; ///< Docker only; empty with Auto: lifeguard-TYPE:latest, if the engine has it
    QString network = QStringLiteral("lifeguard"); ///< Docker only; created if it does not exist; "none": no network
    int pidsLimit = 512; ///< Docker only: maximum number of processes and threads in a container
    // Docker only; each gives up a protection, for images that do not run with it:
    bool containerRoot = false; ///< containers run as root instead of as the user of the manager
    bool writableRoot = false; ///< the root file system is writable although the image requests a read-only one
    bool keepCapabilities = false; ///< containers have the capabilities that the engine grants by default
    bool newPrivileges = false; ///< programs in a container may gain privileges, as sudo does
    QStringList command; ///< program and arguments to run instead of lifeguard-worker; empty: lifeguard-worker
    qint64 memoryLimitMb = 0; ///< for the whole process tree; 0: no limit
    double cpuLimit = 0; ///< cores for the whole process tree; 0: no limit; direct workers: needs writable cgroups
    int openFilesLimit = 0; ///< for each process of the tree (RLIMIT_NOFILE); 0: same as the manager
    seconds maxJobTime = defaultMaxJobTime;
    seconds registrationTimeout = defaultRegistrationTimeout; ///< a worker that has not registered within this time is
                                                              ///< stopped
    seconds stopGrace{10}; ///< between TERM and KILL
    seconds staleAfter = defaultStaleAfter; ///< a worker whose last beat is older is suspect
    seconds hungAfter = defaultHungAfter; ///< a worker without beat, CPU use and output for this long is hung
    bool restartHung = true; ///< whether hung workers are stopped and replaced, or only displayed
    RestartMode restart = RestartMode::OnFailure;
    int recycleAfterJobs = 0; ///< a worker is drained and replaced after this many jobs; 0: never
    qint64 recycleAboveMb = 0; ///< a worker is drained and replaced above this memory; 0: never
    QStringList outputRoots; ///< folders outside the workspace that outputs may be written to; absolute and clean paths
    ConverterSettings converter;
    QMap<QString, QString> environment; ///< variables of the workers; their values are secrets
    QStringList passEnvironment; ///< the variables of this program that workers receive, by name; empty: containers
                                 ///< receive none, direct workers all
    QString envFile; ///< a file with further variables, read whenever a worker starts; environment overrides it
    QString workingDir; ///< the working folder of the workers, in the container for containers; empty: the workspace
    std::optional<int> nice; ///< direct only: -20 (favoured) to 19; std::nullopt: same as the manager
    IoPriority ioPriority = IoPriority::Normal; ///< direct only
    bool detach = false; ///< workers survive a crash of their manager, and the next manager adopts them

    bool operator==(const WorkerConfig &) const = default;

    /// Returns all errors; an empty list if the configuration is valid.
    [[nodiscard]] QList<ConfigError> validate() const;
    /// Returns success, or an error with one line for each error of validate(), in the form "FIELD: MESSAGE".
    [[nodiscard]] Status check() const;
    /// Returns whether pools of both configurations can run at the same time: pools that scale the same job type share
    /// one target.
    [[nodiscard]] bool canShareTargetWith(const WorkerConfig &other) const;
};

} // namespace lifeguard
