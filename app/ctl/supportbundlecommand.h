// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"

namespace lifeguard::ctl {

/// `lifeguardctl support-bundle`: writes an archive to attach to a report of a problem.
class SupportBundleCommand : public Command
{
public:
    SupportBundleCommand();

protected:
    void declareArguments(CommandLine &line) const override;
    [[nodiscard]] CommandResult execute(const CommandLine &line) override;
};

} // namespace lifeguard::ctl
