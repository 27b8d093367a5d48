// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/cancelcommand.h"

#include "app/ctl/text.h"

namespace lifeguard::ctl {

CancelCommand::CancelCommand()
    : ChangeJobsCommand({QStringLiteral("cancel"), Text::tr("cancel jobs"),
                         Text::tr("Cancels jobs that are waiting or running. The worker of a running job stops its tool."),
                         CommandLine::Access::Writes},
                        JobStatus::Cancelled)
{
}

Result<int> CancelCommand::change(JobQueue &queue, const QList<qint64> &ids) const
{
    return queue.cancel(ids, QStringLiteral("lifeguardctl"));
}

} // namespace lifeguard::ctl
