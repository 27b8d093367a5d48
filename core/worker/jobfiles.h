// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/job.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

namespace lifeguard {

/// Where the output of a job is written.
struct OutputPath
{
    QString target; ///< absolute and clean; empty if the job has no output
    QString temporary; ///< a file beside the target, different for each attempt
    QString format; ///< of the target, as named in core/config/jobtypes.h

    bool operator==(const OutputPath &) const = default;
};

/// Returns where the output of a job is written. Creates no folders. Fails if the output lies outside the workspace, with
/// symbolic links resolved, or if the job's type cannot make its format.
[[nodiscard]] Result<OutputPath> resolveOutputPath(const Job &job, const QString &workspace);

/// Creates the folder of the output and removes the temporary files of earlier attempts at this job.
[[nodiscard]] Status prepareOutput(const Job &job, const OutputPath &output, const QString &workspace);

/// Returns the content of the input: "data" of the payload, or else the content of the input file.
[[nodiscard]] Result<QByteArray> readInput(const Job &job, const QJsonObject &payload);

/// Writes a whole file. On failure (disk full, no permission) nothing is left of it.
[[nodiscard]] Status writeOutput(const QString &path, const QByteArray &bytes);

/// Renames the temporary file to the target, replacing an earlier output.
[[nodiscard]] Status commitOutput(const OutputPath &output);

/// Returns what the results cache stores about an output to detect later changes to it: {"size", "mtime_ms"}.
[[nodiscard]] QJsonObject outputMetadata(const QString &path);
/// Returns whether the output is still the one that the metadata describes. Entries of CLX have neither key; for them it is
/// enough that the output exists and is not empty.
[[nodiscard]] bool matchesMetadata(const QString &path, const QJsonObject &metadata);

} // namespace lifeguard
