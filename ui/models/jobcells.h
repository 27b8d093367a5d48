// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/jobpage.h"

#include <QCoreApplication>

#include <functional>

/// What the table of jobs says of one job: pure functions of the job.
namespace lifeguard {

/// The columns of the table, in the order a first-time user sees them.
enum class JobCell { State, Id, Type, Priority, Input, Output, Tries, Worker, Waiting, Running, Added, Error, Count };

/// What cells need to know beside the job.
struct JobCells
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::JobCells)

public:
    std::function<QString(qint64 workerId)> nameOfWorker;
    QString workspace; ///< paths below it are shown relative to it

    [[nodiscard]] QVariant display(const Job &job, JobCell cell, const QDateTime &now) const;
    [[nodiscard]] QString toolTip(const Job &job, JobCell cell) const;
    /// As a person says it: for the clipboard and for screen readers.
    [[nodiscard]] QString text(const Job &job, JobCell cell, const QDateTime &now) const;

    [[nodiscard]] static QString title(JobCell cell);
    [[nodiscard]] static bool isNumber(JobCell cell); ///< right-aligned
    /// What a click on the column's header sorts by first; clicked again, it is reversed.
    [[nodiscard]] static JobSort firstSort(JobCell cell);

private:
    [[nodiscard]] QString workerName(const Job &job) const;
    [[nodiscard]] QString shortPath(const QString &path) const;
};

/// Milliseconds it ran, or has run until now; nothing where it never did.
[[nodiscard]] std::optional<qint64> runningTime(const Job &job, const QDateTime &now);
/// Milliseconds it waited until it was claimed, or has waited until now.
[[nodiscard]] std::optional<qint64> waitingTime(const Job &job, const QDateTime &now);

} // namespace lifeguard
