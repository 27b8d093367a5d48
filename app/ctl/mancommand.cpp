// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/mancommand.h"

#include "app/ctl/console.h"
#include "app/ctl/manpage.h"
#include "app/ctl/text.h"

namespace lifeguard::ctl {

ManCommand::ManCommand(const std::vector<std::unique_ptr<Command>> &commands)
    : Command({QStringLiteral("man"), Text::tr("print the manual page"),
               Text::tr("Prints the manual page of this program. To read it: lifeguardctl man | man -l -"),
               CommandLine::Access::None})
    , m_commands(commands)
{
}

CommandResult ManCommand::execute(const CommandLine &)
{
    printLine(manPage(m_commands));
    return ExitCode::Success;
}

} // namespace lifeguard::ctl
