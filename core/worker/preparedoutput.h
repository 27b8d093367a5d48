// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/fingerprint.h"
#include "core/model/job.h"
#include "core/worker/jobfiles.h"
#include "core/worker/outputowner.h"
#include "core/worker/workspacecheck.h"

#include <QJsonObject>
#include <QList>
#include <QString>

#include <optional>

namespace lifeguard {

/// What the database knows about the output of a job.
struct KnownOutput
{
    std::optional<QJsonObject> cached; ///< the entry of the results cache for the content of the job
    std::optional<Fingerprint> fingerprint; ///< of the output as it was last made, possibly from another content
};

/// Where the output of a job goes, and whether it must be made.
struct PreparedOutput
{
    Status status;
    OutputPath output;
    bool isUnchanged = false; ///< the present output is the one that a conversion would make now
};

/// Determines the output path of a job, checks whether the present output is up to date, and prepares the folder of the
/// output if it is not. checks: of the workspace, then of the output roots. known: with local paths. rules:
/// Converter::rules(). Accesses files, and may block forever on an unreachable network share: call it on a FileThread.
[[nodiscard]] PreparedOutput prepareOutputOf(const Job &job, const std::optional<OutputOwner> &owner,
                                             const QList<WorkspaceCheck> &checks, const KnownOutput &known,
                                             const QString &rules);

} // namespace lifeguard
