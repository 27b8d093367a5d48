// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"
#include "core/model/job.h"

namespace lifeguard::ctl {

/// `lifeguardctl submit`: adds jobs, either for files or from a payload.
class SubmitCommand : public Command
{
public:
    SubmitCommand();

protected:
    void declareArguments(CommandLine &line) const override;
    [[nodiscard]] CommandResult execute(const CommandLine &line) override;

private:
    [[nodiscard]] CommandResult submitPayload(const CommandLine &line, int priority) const;
    [[nodiscard]] CommandResult submitFiles(const CommandLine &line, int priority) const;
    [[nodiscard]] CommandResult addJobs(const CommandLine &line, QList<NewJob> jobs, const QString &defaultTitle) const;
};

} // namespace lifeguard::ctl
