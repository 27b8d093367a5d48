// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"

#include "app/ctl/console.h"
#include "app/ctl/text.h"

namespace lifeguard::ctl {

ExitCode Command::run(const QStringList &arguments)
{
    CommandLine line(m_description.name, m_description.help, m_description.access);
    declareArguments(line);
    const Status parsed = line.parse(arguments);
    if (line.isHelpRequested()) {
        printText(line.helpText());
        return ExitCode::Success;
    }
    const CommandResult result = parsed                ? execute(line)
                               : line.isConfigBroken() ? CommandResult(inputError(parsed.error()))
                                                       : CommandResult(usageError(parsed.error().message));
    if (result) {
        return *result;
    }
    printError(result.error().error);
    if (result.error().suggestsHelp) {
        printError(Text::tr("Try 'lifeguardctl %1 --help' for more information.").arg(name()));
    }
    return result.error().exitCode;
}

} // namespace lifeguard::ctl
