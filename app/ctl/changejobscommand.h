// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"
#include "core/model/jobstatus.h"
#include "core/store/jobqueue.h"

namespace lifeguard::ctl {

/// Base class of the commands that change the status of the given jobs: cancel and retry. Prints the result for each
/// job.
class ChangeJobsCommand : public Command
{
protected:
    /// newStatus: the status of a job after the change.
    ChangeJobsCommand(Description description, JobStatus newStatus);

    void declareArguments(CommandLine &line) const override;
    [[nodiscard]] CommandResult execute(const CommandLine &line) override;
    /// Changes the jobs whose status permits it, and returns their number.
    [[nodiscard]] virtual Result<int> change(JobQueue &queue, const QList<qint64> &ids) const = 0;

private:
    JobStatus m_newStatus;
};

} // namespace lifeguard::ctl
