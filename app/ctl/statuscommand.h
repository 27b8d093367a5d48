// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"

namespace lifeguard::ctl {

/// `lifeguardctl status`: counts jobs and workers by status.
class StatusCommand : public Command
{
public:
    StatusCommand();

protected:
    void declareArguments(CommandLine &line) const override;
    [[nodiscard]] CommandResult execute(const CommandLine &line) override;
};

} // namespace lifeguard::ctl
