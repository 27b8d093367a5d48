// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"

#include <QJsonObject>
#include <QList>
#include <QStringList>

namespace lifeguard {

/// A job of a plan, which converts one file.
struct PlannedJob
{
    NewJob job; ///< executePlan() adds the payload and the hash
    QString source; ///< the file that was named or found
    QString format; ///< as named in core/config/jobtypes.h
    QJsonObject payload; ///< the values that executePlan() adds to the usual payload: a notebook's kind and language, a
                         ///< page, a diagram
    QString copyTo; ///< the path to which the source is copied first; empty: it is not copied
    qint64 copyBytes = 0; ///< size of the copy
    bool replaces = false; ///< whether the output exists already and will be replaced
};

/// A file that is copied into the workspace with the inputs because their jobs may read it: a picture, data, a part of
/// a diagram.
struct CopiedPath
{
    QString source;
    QString target;
    qint64 bytes = 0;
};

/// A file or folder that a plan leaves out.
struct SkippedPath
{
    QString path;
    QString reason; ///< a clause without a full stop, to follow the path and a colon
    bool isOutside = false; ///< whether it lies outside the workspace: PlanOptions::copyIn would include it
};

/// A drawing with pages that are not drawn.
struct UndrawnPages
{
    QString path;
    int pages = 0; ///< number of all pages
    int drawn = 0; ///< index of the page that is drawn, counted from 0
};

/// The jobs that submitting files and folders would add. A preview: nothing has been written yet.
struct JobPlan
{
    QString title; ///< of the submission: the name of the file or folder that was given
    QList<PlannedJob> jobs;
    QList<SkippedPath> skipped;
    QList<CopiedPath> companions; ///< files that are copied with the inputs
    QList<UndrawnPages> undrawnPages; ///< one for each drawing
    QString format;
    QStringList types; ///< of the jobs, each type once
    qsizetype replaced = 0; ///< number of jobs whose output exists already
    qsizetype outside = 0; ///< number of files skipped because they lie outside the workspace
    qsizetype copied = 0; ///< number of inputs that are copied into the workspace
};

} // namespace lifeguard
