// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/records.h"

#include <QStringList>

namespace lifeguard {

struct PlanOptions
{
    QString workspace; ///< absolute or relative to the current folder
    QString type; ///< empty: by the file's suffix
    QString format; ///< empty: the type's default
    QString outputFolder; ///< empty: <workspace>/output/<path below the workspace>
    int priority = 0;
    bool copyIn = false; ///< inputs outside the workspace are copied to <workspace>/input/ instead of skipped
};

struct PlannedJob
{
    NewJob job; ///< payload and hash are filled by executePlan()
    QString source; ///< the file the user named
    QString copyTo; ///< where it is copied to first; empty: it stays where it is
    bool outputExists = false; ///< a file of that name is there and will be replaced
};

struct SkippedPath
{
    QString path;
    QString reason;
};

struct JobPlan
{
    QList<PlannedJob> jobs;
    QList<SkippedPath> skipped;
    QString format;
};

/// What submitting these files and folders (searched through) would make. Reads folders, writes nothing. Errors are usage:
/// an unknown type or format, a workspace that is not there. Files that cannot be taken are in skipped, each with why.
[[nodiscard]] Result<JobPlan> planJobs(const QStringList &paths, const PlanOptions &options);

/// Copies in what is to be copied, reads the inputs, and answers the jobs with payload and content hash as CLX makes them.
[[nodiscard]] Result<QList<NewJob>> executePlan(const JobPlan &plan);

/// Jobs that need no file, for types such as noop or a user's own: count of the same. Errors are usage: no type, or a payload
/// that is no JSON object.
[[nodiscard]] Result<QList<NewJob>> payloadJobs(const QString &type, const QByteArray &payload, int count, int priority);

/// SHA-256 (hex) of the data, as CLX hashes the input of diagrams.
[[nodiscard]] QString contentHash(const QByteArray &data);

} // namespace lifeguard
