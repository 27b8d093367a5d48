// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/exitcode.h"

#include <QStringList>

#include <memory>
#include <vector>

namespace lifeguard::ctl {

class Command;

/// lifeguardctl: finds the command that the arguments name and runs it.
class Program
{
public:
    Program();
    ~Program();
    Q_DISABLE_COPY_MOVE(Program)

    /// Runs the command in the arguments, which do not include the name of the program.
    [[nodiscard]] ExitCode run(QStringList arguments);

private:
    [[nodiscard]] QString helpText() const;
    [[nodiscard]] Command *command(const QString &name) const;

    std::vector<std::unique_ptr<Command>> m_commands; ///< in the order of the help page
};

} // namespace lifeguard::ctl
