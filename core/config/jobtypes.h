// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace lifeguard {

/// A job type our own worker can convert.
struct JobType
{
    QString name; ///< as in jobs.job_type
    QStringList inputSuffixes; ///< lower case, without the dot; empty: takes no input file (noop)
    QStringList formats; ///< output suffixes it can make; the first is the default

    bool operator==(const JobType &) const = default;
};

/// All types that lifeguard-worker knows, in the order of the user's menus.
[[nodiscard]] const QList<JobType> &jobTypes();
[[nodiscard]] std::optional<JobType> jobType(const QString &name);
/// The type that converts this file, by its suffix; nothing for files we do not know.
[[nodiscard]] std::optional<JobType> jobTypeForFile(const QString &path);

/// What is missing on this machine to convert the type ("plantuml is not installed: apt install plantuml"), empty if
/// nothing is. Looks at files only: fast, any thread.
[[nodiscard]] QString missingTools(const QString &typeName);

} // namespace lifeguard
