// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"
#include "app/ctl/controltargets.h"
#include "core/base/clock.h"
#include "core/model/commandrecord.h"

#include <optional>

namespace lifeguard::ctl {

/// `lifeguardctl start`, `stop`, `kill`, …: sends commands to the managers of a database and waits for their answers.
class ControlCommand : public Command
{
public:
    explicit ControlCommand(CommandVerb verb);

protected:
    void declareArguments(CommandLine &line) const override;
    [[nodiscard]] CommandResult execute(const CommandLine &line) override;

private:
    /// A command that was sent.
    struct Sent
    {
        ManagerCommand command;
        qint64 id = 0;
        CommandRecord record;
        QString problem; ///< why there is no answer; empty: there is one
        bool isTimeout = false;
    };

    /// The commands to send; the error is a sentence for the user.
    [[nodiscard]] Result<QList<ManagerCommand>> commandsFrom(const CommandLine &line,
                                                             const ControlTargets &targets) const;
    [[nodiscard]] Result<std::optional<int>> number(const CommandLine &line, QStringList &names) const;
    [[nodiscard]] static Status wait(Database &database, const ControlTargets &targets, QList<Sent> &all,
                                     seconds timeout);
    [[nodiscard]] static Status giveUp(Database &database, const ControlTargets &targets, Sent &sent);
    static void print(const Sent &sent);

    CommandVerb m_verb;
};

} // namespace lifeguard::ctl
