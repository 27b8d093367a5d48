// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/changejobscommand.h"

namespace lifeguard::ctl {

/// `lifeguardctl retry`: queues failed and cancelled jobs again, with three more attempts.
class RetryCommand : public ChangeJobsCommand
{
public:
    RetryCommand();

protected:
    [[nodiscard]] Result<int> change(const CommandLine &line, Database &database,
                                     const QList<qint64> &ids) const override;
    [[nodiscard]] Result<int> changeMatching(const CommandLine &line, Database &database,
                                             const JobFilter &filter) const override;
    [[nodiscard]] bool applies(JobStatus status) const override;
    [[nodiscard]] QString resultText(const Job &before, const Job &after) const override;
    [[nodiscard]] QString countText(int count, bool isDryRun) const override;
};

} // namespace lifeguard::ctl
