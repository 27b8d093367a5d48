// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"

#include <vector>

namespace lifeguard::ctl {

/// `lifeguardctl man`: prints the manual page, from the table of commands.
class ManCommand : public Command
{
public:
    /// The commands of the program, which must outlive this one.
    explicit ManCommand(const std::vector<std::unique_ptr<Command>> &commands);

protected:
    [[nodiscard]] CommandResult execute(const CommandLine &line) override;

private:
    const std::vector<std::unique_ptr<Command>> &m_commands;
};

} // namespace lifeguard::ctl
