// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"

namespace lifeguard::ctl {

/// `lifeguardctl wait`: waits for the end of jobs.
class WaitCommand : public Command
{
public:
    WaitCommand();

protected:
    void declareArguments(CommandLine &line) const override;
    [[nodiscard]] CommandResult execute(const CommandLine &line) override;
};

} // namespace lifeguard::ctl
