// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"
#include "core/store/retention.h"

namespace lifeguard::ctl {

/// `lifeguardctl prune`: deletes history that has expired, at once.
class PruneCommand : public Command
{
public:
    PruneCommand();

protected:
    void declareArguments(CommandLine &line) const override;
    [[nodiscard]] CommandResult execute(const CommandLine &line) override;

private:
    [[nodiscard]] static Result<qint64> prune(Database &database, const HistorySelection &selection);
    [[nodiscard]] static Status shrink(Database &database);
};

} // namespace lifeguard::ctl
