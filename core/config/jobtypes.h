// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QHash>
#include <QString>
#include <QStringList>

#include <optional>

namespace lifeguard {

/// A job type our own worker can convert.
struct JobType
{
    QString name; ///< as in jobs.job_type
    QStringList inputSuffixes; ///< lower case, without the dot; empty: takes no input file (noop)
    QStringList formats; ///< what it can make, as the user names it; the first is the default
    QHash<QString, QStringList> suffixes; ///< of outputs, by format, the usual one first; a format that is not in it is its own suffix

    bool operator==(const JobType &) const = default;
};

/// All types that lifeguard-worker knows, in the order of the user's menus.
[[nodiscard]] const QList<JobType> &jobTypes();
[[nodiscard]] std::optional<JobType> jobType(const QString &name);
/// The type that converts this file, by its suffix; nothing for files we do not know.
[[nodiscard]] std::optional<JobType> jobTypeForFile(const QString &path);

/// The suffix of outputs in that format ("slides.html"), without the dot.
[[nodiscard]] QString outputSuffix(const JobType &type, const QString &format);
/// The suffix of a script in that language ("python", "cpp"), without the dot; "txt" for languages we do not know.
[[nodiscard]] QString scriptSuffix(const QString &language);
/// The format of an output by its name, empty for those the type cannot make: "a.slides.html" are slides, "b.html" is html.
[[nodiscard]] QString formatOfOutput(const JobType &type, const QString &outputFile);
/// The format of a notebook's output: what the job's payload says ("code", as CLX says it, is "script"), else by its name.
[[nodiscard]] Result<QString> notebookFormat(const QString &inPayload, const QString &ofOutput);

} // namespace lifeguard
