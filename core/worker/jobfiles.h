// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/fingerprint.h"
#include "core/model/job.h"
#include "core/worker/outputowner.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <optional>

namespace lifeguard {

// All functions below access files, and may block forever on an unreachable network share: call them on a FileThread.

/// The folders that outputs may be written to.
struct OutputFolders
{
    // NOLINTNEXTLINE(google-explicit-constructor): most callers have a workspace only
    OutputFolders(const QString &workspaceFolder, const QStringList &outputRoots = {})
        : workspace(workspaceFolder)
        , roots(outputRoots)
    {
    }

    QString workspace; ///< absolute path
    QStringList roots; ///< absolute paths of further folders
};

/// The paths of a job's output.
struct OutputPath
{
    QString target; ///< absolute and clean; empty if the job has no output
    QString temporary; ///< a file beside the target, different for each attempt
    QString folder; ///< the workspace or the output root that contains the target
    QString format; ///< format of the target, as named in core/config/jobtypes.h
    std::optional<OutputOwner> owner; ///< of the output and of new folders; nothing: the user of this process
    bool isLocal = true; ///< on a file system of this machine; otherwise operations may block for a long time

    bool operator==(const OutputPath &) const = default;
};

/// Returns where the output of a job is written. Creates no folders. Fails if the output lies outside these folders,
/// with symbolic links resolved, or if the job's type does not support its format. Unreachable if its folder is
/// missing.
[[nodiscard]] Result<OutputPath> resolveOutputPath(const Job &job, const OutputFolders &folders);

/// Creates the folder of the output, removes the temporary files of earlier attempts at this job, and sets
/// OutputPath::isLocal.
[[nodiscard]] Status prepareOutput(const Job &job, OutputPath &output, const OutputFolders &folders);

/// Fails if the output, or a file that this job makes beside it, would overwrite the input. target: of that file.
[[nodiscard]] Status checkInputIsKept(const Job &job, const QString &target, const QString &workspace);

/// Returns whether the input of the job is the content of its input file: "data" of the payload is missing, or empty
/// although the file exists, as for workers of CLM.
[[nodiscard]] bool readsInputFile(const Job &job, const QJsonObject &payload);

/// Returns the content of the input: of the input file (see readsInputFile()) or "data" of the payload.
[[nodiscard]] Result<QByteArray> readInput(const Job &job, const QJsonObject &payload);

/// Writes a whole file. Removes an incomplete file on failure (disk full, no permission).
[[nodiscard]] Status writeOutput(const QString &path, const QByteArray &bytes);

/// Gives the temporary files of the output and of the further outputs to OutputPath::owner and renames them to their
/// targets, replacing earlier outputs. further: the further outputs, in the order of their numbers. Then removes the
/// obsolete files beside the output, unless they have changed.
[[nodiscard]] Status commitOutputs(const OutputPath &output, const QList<Fingerprint::Further> &further = {},
                                   const QList<Fingerprint::Further> &obsolete = {});

/// Returns the metadata of an output that the results cache stores to detect later changes: {"size", "mtime_ms"}.
[[nodiscard]] QJsonObject outputMetadata(const QString &path);
/// Returns whether the output is unchanged according to the metadata. Entries of CLX contain neither key; for them, the
/// output only has to exist and not be empty.
[[nodiscard]] bool matchesMetadata(const QString &path, const QJsonObject &metadata);

} // namespace lifeguard
