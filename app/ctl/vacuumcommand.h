// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"

namespace lifeguard::ctl {

/// `lifeguardctl vacuum`: makes the file of a database small that cannot shrink by itself.
class VacuumCommand : public Command
{
public:
    VacuumCommand();

protected:
    [[nodiscard]] CommandResult execute(const CommandLine &line) override;
};

} // namespace lifeguard::ctl
