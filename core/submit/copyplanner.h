// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/submit/jobplan.h"
#include "core/submit/planpaths.h"

#include <QHash>
#include <QSet>

namespace lifeguard {

/// Plans which files are copied into the workspace, and to which paths: inputs that lie outside it, and companions of
/// these inputs, which are files that their jobs may read. Copies nothing. Do not use it on the GUI thread: it compares
/// the content of files.
class CopyPlanner
{
public:
    /// The maximum total size of the companions that one plan copies, in bytes.
    static constexpr qint64 maxCompanionBytes = 1'000'000'000;

    /// paths must outlive this object; progress may be null.
    CopyPlanner(const PlanPaths &paths, Progress *progress);

    /// Returns the path to which an input is copied: a new file in the workspace, or an existing copy with the same
    /// content. named: the file or folder that the user named; a folder keeps its name and its structure. Fails if the
    /// path would lie outside the workspace because of a link; the message is a clause.
    [[nodiscard]] Result<QString> targetFor(const QString &input, const QString &named) const;
    /// Adds the copy of an input.
    void addInput(const QString &input, const QString &named, const QString &target);
    /// Adds a file that becomes a companion if an input is copied from the folder that the user named. reason: why it
    /// is not an input.
    void addCandidate(const QString &path, const QString &named, const QString &reason);
    /// Adds the files that a PlantUML diagram includes, directly or indirectly. Only files below the diagram's folder
    /// are copied: PlantUML would not find other files from the copy of the diagram.
    void addIncludedFiles(const QString &diagram);

    /// Decides which candidates are companions, and moves companions and skipped files to the plan.
    void finish(JobPlan *plan);

private:
    struct Candidate
    {
        QString path;
        QString named;
        QString reason;
    };

    [[nodiscard]] QString wantedTarget(const QString &path, const QString &named) const;
    [[nodiscard]] bool isUsable(const QString &source, const QString &target) const;
    void addCompanion(const QString &source, const QString &target);
    [[nodiscard]] bool isCancelled() const { return m_progress && m_progress->cancelled; }

    const PlanPaths &m_paths;
    Progress *const m_progress;
    QHash<QString, QString> m_sources; ///< by target
    QSet<QString> m_copiedFolders; ///< folders named by the user from which inputs are copied
    QList<Candidate> m_candidates;
    QList<CopiedPath> m_companions;
    QList<SkippedPath> m_skipped;
    qint64 m_companionBytes = 0;
};

} // namespace lifeguard
