// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"

#include <QList>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// A worker ends its job at max_job_time. If it has not, the health monitor acts this much later (docs/protocol.md).
inline constexpr seconds jobLimitSlack{15};

/// How a pool's workers run. Auto is Docker where the engine answers and has the image, else direct.
enum class ExecutionMode { Auto, Direct, Docker };

[[nodiscard]] QString toString(ExecutionMode mode);
[[nodiscard]] Result<ExecutionMode> executionModeFromString(const QString &text);

/// When a pool's worker that ended is replaced. Never means: not even one that died; Always: also one that left by itself.
enum class RestartMode { Never, OnFailure, Always };

[[nodiscard]] QString toString(RestartMode mode); ///< "never", "on-failure", "always"
[[nodiscard]] Result<RestartMode> restartModeFromString(const QString &text);

/// Workers in containers beat into the database, every 5 s: less than three beats missed say nothing.
constexpr seconds leastStaleAfterInContainers{15};

/// No time of a pool is longer: timers count milliseconds in 31 bits, which is 24.8 days.
constexpr seconds longestTime{24 * 24 * 3600};

/// One thing wrong with a configuration: which field, and what to do about it.
struct ConfigError
{
    QString field; ///< as in files and on the command line: "count", "command", …
    QString message;

    bool operator==(const ConfigError &) const = default;
};

/// What a pool's workers are: a plain value, validated before use.
struct WorkerConfig
{
    QString type; ///< job type: "plantuml", "noop", or one of the user's own (then command is needed)
    int count = 1; ///< workers to keep, 0 to 1000
    ExecutionMode mode = ExecutionMode::Docker; ///< files default to docker, as CLX does; command line and dialog to auto
    QString image; ///< Docker only; empty with Auto: lifeguard-TYPE:latest, where the engine has it
    QString network = QStringLiteral("lifeguard"); ///< Docker only: made where it is missing; "none": no network
    int pidsLimit = 512; ///< Docker only: processes and threads of a container
    QStringList command; ///< program and arguments to run instead of lifeguard-worker; empty: our own
    qint64 memoryLimitMb = 0; ///< memory of the whole tree; 0: no limit
    double cpuLimit = 0; ///< cores the whole tree may use, 1.5 for one and a half; 0: no limit; needs cgroups that can be written
    int openFilesLimit = 0; ///< of each process of the tree (RLIMIT_NOFILE); 0: as the manager's
    seconds maxJobTime{600};
    seconds registrationTimeout{30}; ///< a worker that has not registered by then is stopped
    seconds stopGrace{10}; ///< between TERM and KILL
    seconds staleAfter{30}; ///< a beat older than this makes a worker suspect (shared/FACTS.md: the default that people know)
    seconds hungAfter{60}; ///< beat, CPU and output must stand still for this long before a worker is hung
    bool restartHung = true; ///< a hung worker is stopped and replaced; otherwise it is only shown
    RestartMode restart = RestartMode::OnFailure;
    int recycleAfterJobs = 0; ///< a worker is drained and replaced after that many jobs; 0: never
    qint64 recycleAboveMb = 0; ///< and above that memory; 0: never
    bool detach = false; ///< its workers go on when their manager crashed, and the next one adopts them

    bool operator==(const WorkerConfig &) const = default;

    /// Everything that is wrong, each with its field; empty if the configuration can be run.
    [[nodiscard]] QList<ConfigError> validate() const;
    /// All errors in one sentence per line, or success.
    [[nodiscard]] Status check() const;
};

} // namespace lifeguard
