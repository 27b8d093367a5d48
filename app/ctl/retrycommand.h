// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/changejobscommand.h"

namespace lifeguard::ctl {

/// `lifeguardctl retry`: queues failed and cancelled jobs again.
class RetryCommand : public ChangeJobsCommand
{
public:
    RetryCommand();

protected:
    [[nodiscard]] Result<int> change(JobQueue &queue, const QList<qint64> &ids) const override;
};

} // namespace lifeguard::ctl
