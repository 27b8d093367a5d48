// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/retrycommand.h"

#include "app/ctl/text.h"

namespace lifeguard::ctl {

RetryCommand::RetryCommand()
    : ChangeJobsCommand({QStringLiteral("retry"), Text::tr("queue failed and cancelled jobs again"),
                         Text::tr("Queues failed and cancelled jobs again, with three more attempts."), CommandLine::Access::Writes},
                        JobStatus::Pending)
{
}

Result<int> RetryCommand::change(JobQueue &queue, const QList<qint64> &ids) const
{
    return queue.retry(ids);
}

} // namespace lifeguard::ctl
