// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/jobpagereader.h"

#include <QCoreApplication>

#include <functional>
#include <optional>

namespace lifeguard {

/// The columns of the jobs table, in their initial order.
enum class JobTableColumn {
    State,
    Id,
    Type,
    Priority,
    Input,
    Output,
    Attempts,
    Worker,
    Waiting,
    Running,
    Added,
    Error,
    Count
};

/// Returns the values and texts of the cells of the jobs table. Its functions depend only on their arguments and the
/// two members.
struct JobCellFormatter
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::JobCellFormatter)

public:
    std::function<QString(qint64 workerId)> workerName; ///< may return an empty text for unknown workers
    QString workspace; ///< paths below it are shown relative to it

    /// Returns the raw value, which the column's delegate formats.
    [[nodiscard]] QVariant value(const Job &job, JobTableColumn column, const QDateTime &now) const;
    [[nodiscard]] QString toolTip(const Job &job, JobTableColumn column) const;
    /// Returns the value as text, for the clipboard and for screen readers.
    [[nodiscard]] QString text(const Job &job, JobTableColumn column, const QDateTime &now) const;

    [[nodiscard]] static QString title(JobTableColumn column);
    /// Returns whether the column is right-aligned.
    [[nodiscard]] static bool isNumber(JobTableColumn column);
    /// Returns the order that the first click on the column's header selects. The second click reverses it.
    [[nodiscard]] static JobSort initialSort(JobTableColumn column);

private:
    [[nodiscard]] QString workerText(const Job &job) const;
    [[nodiscard]] QString shortPath(const QString &path) const;
};

/// Returns how long the job has run, or ran, in milliseconds; nothing if it never ran.
[[nodiscard]] std::optional<qint64> runningTime(const Job &job, const QDateTime &now);
/// Returns how long the job has waited, or waited until it was claimed or cancelled, in milliseconds; nothing if that
/// is unknown.
[[nodiscard]] std::optional<qint64> waitingTime(const Job &job, const QDateTime &now);

} // namespace lifeguard
