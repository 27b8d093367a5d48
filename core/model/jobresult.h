// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QString>
#include <QStringList>

#include <optional>

namespace lifeguard {

/// What a completed job made, and what users must know about it.
struct JobResult
{
    QStringList outputs; ///< paths as in the column output_file, the first of them; empty for a job without an output
    QStringList notes; ///< sentences: what was left out, shrunk or cut
    QString cacheNote; ///< a sentence that says why the output was not made again; empty if it was
    /// Warnings for jobs.result: objects with CLM's keys, except for file_path. Nothing: the notes are the warnings.
    std::optional<QJsonArray> warnings = {};

    bool operator==(const JobResult &) const = default;
};

/// Returns the notes as CLM's class ProcessingWarning represents warnings, except for file_path.
[[nodiscard]] QJsonArray warningsOf(const QStringList &notes);

/// A note about the result of a job, as it is stored.
struct JobNote
{
    qint64 id = 0; ///< grows from note to note
    bool isFromCache = false; ///< JobResult::cacheNote
    QString text;
    qint64 jobId = 0;
    QString jobType;
    QString inputFile;

    bool operator==(const JobNote &) const = default;
};

} // namespace lifeguard
