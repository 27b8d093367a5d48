// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/changejobscommand.h"
#include "core/store/jobprioritizer.h"

namespace lifeguard::ctl {

/// `lifeguardctl prioritize`: moves waiting jobs to the front of the queue: in front of all other jobs of their type.
/// Their order does not change.
class PrioritizeCommand : public ChangeJobsCommand
{
public:
    PrioritizeCommand();

protected:
    [[nodiscard]] Result<int> change(const CommandLine &line, Database &database,
                                     const QList<qint64> &ids) const override;
    [[nodiscard]] Result<int> changeMatching(const CommandLine &line, Database &database,
                                             const JobFilter &filter) const override;
    [[nodiscard]] bool applies(JobStatus status) const override;
    [[nodiscard]] QString resultText(const Job &before, const Job &after) const override;
    [[nodiscard]] QString countText(int count, bool isDryRun) const override;

private:
    [[nodiscard]] static Result<int> apply(Database &database,
                                           const Result<QList<JobPrioritizer::NewPriority>> &priorities);
};

} // namespace lifeguard::ctl
