// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/job.h"

#include <QHash>
#include <QJsonObject>
#include <QStringList>

namespace lifeguard {

struct PlanOptions
{
    QString workspace; ///< absolute or relative to the current folder
    QString type; ///< empty: by the file's suffix
    QString format; ///< empty: the type's default
    QHash<QString, QString> formats; ///< by type; what is not in it has format
    QString outputFolder; ///< empty: <workspace>/output/<path below the workspace>
    QString kind; ///< of notebooks: completed, code-along, speaker; empty: completed
    QString language; ///< of notebooks: cells marked with another one are left out; empty: all cells
    int priority = 0;
    int pageIndex = 0; ///< of drawings, counted from 0; others than the first have it in their output's name
    /// Inputs outside the workspace are copied to <workspace>/input/ instead of skipped; of folders with all that lies beside them.
    bool copyIn = false;
};

struct PlannedJob
{
    NewJob job; ///< payload and hash are filled by executePlan()
    QString source; ///< the file the user named
    QString format; ///< as core/config/jobtypes names it
    QJsonObject wishes; ///< what its payload says beside: a notebook's kind and language, which page, which diagram
    QString copyTo; ///< where it is copied to first; empty: it stays where it is
    qint64 copyBytes = 0; ///< how much is copied
    bool replaces = false; ///< the output is there already: made anew
};

/// A file that no job is made of, copied in because the jobs beside it may read it: a picture, data, a part of diagrams.
struct CopiedPath
{
    QString source;
    QString target;
    qint64 bytes = 0;
};

struct SkippedPath
{
    QString path;
    QString reason;
    bool isOutside = false; ///< lies outside the workspace: would be taken with PlanOptions::copyIn
};

struct JobPlan
{
    QList<PlannedJob> jobs;
    QList<SkippedPath> skipped;
    QList<CopiedPath> beside;
    QString format;
    QStringList types; ///< of the jobs, each once
    qsizetype replaced = 0; ///< jobs whose output is there already
    qsizetype outside = 0; ///< skipped because they lie outside the workspace
    qsizetype copied = 0; ///< jobs whose input is copied in
};

/// The largest input a job takes: its text travels in the job itself.
constexpr qint64 largestInput = 100'000'000;
/// The most that is copied beside the inputs of one plan.
constexpr qint64 mostBeside = 1'000'000'000;

/// What submitting these files and folders (searched through) would make. Reads folders, writes nothing. Errors are usage:
/// an unknown type or format, a workspace that is not there; or Cancelled. Files that cannot be taken are in skipped, each with
/// why. progress->done grows by the jobs found. Not for the GUI thread.
[[nodiscard]] Result<JobPlan> planJobs(const QStringList &paths, const PlanOptions &options, Progress *progress = nullptr);

/// Copies in what is to be copied, reads the inputs, and answers the jobs with payload and content hash as CLX makes them; a job
/// without an input file keeps its own payload. A copy appears whole or not at all and takes no other file's place. All or
/// nothing: the error names the file that could not be taken (copies that were made by then stay). progress counts a job and
/// a byte copied as one. Not for the GUI thread.
[[nodiscard]] Result<QList<NewJob>> executePlan(const JobPlan &plan, Progress *progress = nullptr);

} // namespace lifeguard
