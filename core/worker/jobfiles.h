// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/job.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

namespace lifeguard {

/// Where a job's output goes.
struct OutputPath
{
    QString target; ///< absolute, clean; empty: the job has no output
    QString temporary; ///< beside it, of this attempt alone
    QString format; ///< of the target, as core/config/jobtypes names it
};

/// Works out a job's output and refuses what lies outside the workspace (symbolic links resolved) and formats its type
/// cannot make. Makes no folders.
[[nodiscard]] Result<OutputPath> outputPathOf(const Job &job, const QString &workspace);

/// Makes the target's folder and removes what earlier attempts at this job left there.
[[nodiscard]] Status prepareOutput(const Job &job, const OutputPath &output, const QString &workspace);

/// The input's bytes: "data" of the payload, or the input file.
[[nodiscard]] Result<QByteArray> inputOf(const Job &job, const QJsonObject &payload);

/// Writes a whole file; on failure (disk full, no permission) nothing is left of it.
[[nodiscard]] Status writeOutput(const QString &path, const QByteArray &bytes);

/// Puts the temporary file in the target's place at once.
[[nodiscard]] Status commitOutput(const OutputPath &output);

/// What the results cache keeps of an output, to notice that somebody changed it: {"size", "mtime_ms"}.
[[nodiscard]] QJsonObject outputMetadata(const QString &path);
/// Whether the output is still the one that metadata was made from. Entries of CLX have neither key: being there counts.
[[nodiscard]] bool matchesMetadata(const QString &path, const QJsonObject &metadata);

} // namespace lifeguard
