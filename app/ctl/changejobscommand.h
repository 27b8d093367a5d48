// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"
#include "core/model/jobfilter.h"
#include "core/model/jobstatus.h"
#include "core/store/jobqueue.h"
#include "core/store/matchingjobs.h"

namespace lifeguard::ctl {

/// Base class of the commands that change the given jobs, or all jobs that match a filter: cancel, retry, rerun and
/// prioritize. Prints the result for each given job, or the number of matching jobs that were changed.
class ChangeJobsCommand : public Command
{
protected:
    using Command::Command;

    void declareArguments(CommandLine &line) const override;
    [[nodiscard]] CommandResult execute(const CommandLine &line) override;

    /// Changes the jobs whose status permits it, and returns their number.
    [[nodiscard]] virtual Result<int> change(const CommandLine &line, Database &database,
                                             const QList<qint64> &ids) const = 0;
    /// As change(), for all jobs that match. Works in small transactions with pauses, so that workers get the lock.
    [[nodiscard]] virtual Result<int> changeMatching(const CommandLine &line, Database &database,
                                                     const JobFilter &filter) const = 0;
    /// Returns whether the command changes jobs with this status.
    [[nodiscard]] virtual bool applies(JobStatus status) const = 0;
    /// Returns a sentence about a job after the command.
    [[nodiscard]] virtual QString resultText(const Job &before, const Job &after) const = 0;
    /// Returns a sentence about the number of changed jobs, or of those that would be changed.
    [[nodiscard]] virtual QString countText(int count, bool isDryRun) const = 0;

    /// Calls changeChunk, which changes the jobs behind an id, until no more jobs match.
    [[nodiscard]] static Result<int> inChunks(const std::function<Result<JobChunk>(qint64 after)> &changeChunk);
    static constexpr int chunkSize = 500; ///< jobs in one transaction

private:
    [[nodiscard]] CommandResult changeGiven(const CommandLine &line, Database &database, const QList<qint64> &ids);
    [[nodiscard]] CommandResult changeFiltered(const CommandLine &line, Database &database, JobFilter filter);
    [[nodiscard]] Result<int> countMatching(Database &database, const JobFilter &filter) const;
};

} // namespace lifeguard::ctl
