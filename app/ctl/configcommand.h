// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"

namespace lifeguard::ctl {

/// `lifeguardctl config`: checks, shows, imports and trusts configuration files.
class ConfigCommand : public Command
{
public:
    ConfigCommand();

protected:
    void declareArguments(CommandLine &line) const override;
    [[nodiscard]] CommandResult execute(const CommandLine &line) override;
};

} // namespace lifeguard::ctl
