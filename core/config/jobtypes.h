// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QHash>
#include <QString>
#include <QStringList>

#include <optional>

namespace lifeguard {

/// A job type that lifeguard-worker can process.
struct JobType
{
    QString name; ///< as in jobs.job_type
    QStringList inputSuffixes; ///< lower case, without the dot; empty if the type takes no input file (noop)
    QStringList formats; ///< output formats by the names that users type; the first one is the default
    /// The suffixes of output files, by format, the usual one first. Other formats are their own suffix.
    QHash<QString, QStringList> suffixes;
    /// Suffixes of files that are inputs only if they contain one: draw.io saves drawings in pictures, for example.
    QStringList containerSuffixes = {};

    bool operator==(const JobType &) const = default;
};

/// Returns all types that lifeguard-worker supports, in the order of the menus.
[[nodiscard]] const QList<JobType> &jobTypes();
[[nodiscard]] std::optional<JobType> jobType(const QString &name);
/// Returns the type that converts files with the suffix of this one; nothing for an unknown suffix. Does not read the
/// file.
[[nodiscard]] std::optional<JobType> jobTypeForFile(const QString &path);

/// Returns the type that converts files with the suffix of this one if they contain an input (containerSuffixes).
[[nodiscard]] std::optional<JobType> jobTypeForContainer(const QString &path);

/// Returns the suffix of output files in that format, for example "slides.html", without the dot.
[[nodiscard]] QString outputSuffix(const JobType &type, const QString &format);
/// Returns the suffix of scripts in that programming language ("python", "cpp"), without the dot; "txt" for unknown
/// languages.
[[nodiscard]] QString scriptSuffix(const QString &language);
/// Returns the format of an output file by its name, "slides" for a.slides.html and "html" for b.html; empty if the
/// type does not support it.
[[nodiscard]] QString formatOfOutput(const JobType &type, const QString &outputFile);
/// Returns the format of a notebook's output: the one in the job's payload (CLX's name "code" means "script"), or, if
/// the payload has none, the one in the name of the output file. Returns an error for an unsupported format.
[[nodiscard]] Result<QString> notebookFormat(const QString &payloadFormat, const QString &outputFormat);
/// Returns the kinds of a notebook's output, which decide what cells it contains; the first one is the default.
[[nodiscard]] const QStringList &notebookKinds();

} // namespace lifeguard
