// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"

#include <vector>

namespace lifeguard::ctl {

/// `lifeguardctl completion`: prints a script that completes commands in a shell, from the table of commands.
class CompletionCommand : public Command
{
public:
    /// The commands of the program, which must outlive this one.
    explicit CompletionCommand(const std::vector<std::unique_ptr<Command>> &commands);

protected:
    void declareArguments(CommandLine &line) const override;
    [[nodiscard]] CommandResult execute(const CommandLine &line) override;

private:
    const std::vector<std::unique_ptr<Command>> &m_commands;
};

} // namespace lifeguard::ctl
