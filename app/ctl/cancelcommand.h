// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/changejobscommand.h"

namespace lifeguard::ctl {

/// `lifeguardctl cancel`: cancels jobs.
class CancelCommand : public ChangeJobsCommand
{
public:
    CancelCommand();

protected:
    [[nodiscard]] Result<int> change(JobQueue &queue, const QList<qint64> &ids) const override;
};

} // namespace lifeguard::ctl
