// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/submit/copyplanner.h"
#include "core/submit/inputclassifier.h"
#include "core/submit/jobplan.h"
#include "core/submit/outputnamer.h"
#include "core/submit/outputreservations.h"
#include "core/submit/planoptions.h"
#include "core/submit/planpaths.h"

#include <QStringList>

namespace lifeguard {

/// Plans the jobs that submitting files and folders would add. Reads files and folders and writes nothing;
/// executePlan() carries out the plan. Use one object for one plan only. Do not use it on the GUI thread.
class JobPlanner
{
public:
    /// progress may be null. Its done value is set to the number of jobs found.
    explicit JobPlanner(const PlanOptions &options, Progress *progress = nullptr);

    /// Returns the plan for these files and folders. Files that cannot be converted are listed in JobPlan::skipped.
    /// Fails with InvalidArgument for wrong options (checkPlanOptions()) or a missing workspace, and with Cancelled.
    [[nodiscard]] Result<JobPlan> plan(const QStringList &paths);

private:
    void addFile(const QString &path, const QString &named);
    void addOtherFile(const QString &path, const QString &named, const InputClass &input);
    void addInput(const QString &path, const QString &named, const InputClass &input);
    [[nodiscard]] QString missingPage(const InputClass &input) const;
    void noteUndrawnPages(const QString &path, const InputClass &input);
    [[nodiscard]] bool addJob(const QString &path, const QString &inputFile, const InputClass &input,
                              const PlannedOutput &output);
    void skip(const QString &path, const QString &reason, bool isOutside = false);
    [[nodiscard]] bool isCancelled() const { return m_progress && m_progress->cancelled; }

    const PlanOptions m_options;
    Progress *const m_progress;
    const PlanPaths m_paths;
    const InputClassifier m_classifier;
    const OutputNamer m_namer;
    OutputReservations m_reservations;
    CopyPlanner m_copies;
    JobPlan m_plan;
};

/// Returns the plan of a JobPlanner with these options.
[[nodiscard]] Result<JobPlan> planJobs(const QStringList &paths, const PlanOptions &options,
                                       Progress *progress = nullptr);

} // namespace lifeguard
