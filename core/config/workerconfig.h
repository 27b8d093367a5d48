// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"

#include <QList>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// How a pool's workers run. Auto is Docker where the engine answers and has the image, else direct; until the Docker
/// executor exists it means direct, and Docker is refused by name.
enum class ExecutionMode { Auto, Direct, Docker };

[[nodiscard]] QString toString(ExecutionMode mode);
[[nodiscard]] Result<ExecutionMode> executionModeFromString(const QString &text);

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
    QString image; ///< Docker only
    QStringList command; ///< program and arguments to run instead of lifeguard-worker; empty: our own
    qint64 memoryLimitMb = 0; ///< resident memory of the whole tree; 0: no limit
    seconds maxJobTime{600};
    seconds registrationTimeout{30}; ///< a worker that has not registered by then is stopped
    seconds stopGrace{10}; ///< between TERM and KILL

    bool operator==(const WorkerConfig &) const = default;

    /// Everything that is wrong, each with its field; empty if the configuration can be run.
    [[nodiscard]] QList<ConfigError> validate() const;
    /// All errors in one sentence per line, or success.
    [[nodiscard]] Status check() const;
};

/// Reads "TYPE=COUNT[,mode=M][,image=I][,command=…][,memory=MB][,max-job-time=S]" as the option --pool has it. A command
/// takes the rest of the text and is split as QProcess::splitCommand does. The mode defaults to auto.
[[nodiscard]] Result<WorkerConfig> parsePoolSpec(const QString &text);

} // namespace lifeguard
