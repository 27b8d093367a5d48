// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"

namespace lifeguard::ctl {

/// `lifeguardctl logs`: prints the logs of workers.
class LogsCommand : public Command
{
public:
    LogsCommand();

protected:
    void declareArguments(CommandLine &line) const override;
    [[nodiscard]] CommandResult execute(const CommandLine &line) override;
};

} // namespace lifeguard::ctl
