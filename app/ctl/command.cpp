// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"

#include "app/ctl/console.h"
#include "app/ctl/text.h"

namespace lifeguard::ctl {

std::unique_ptr<CommandLine> Command::commandLine() const
{
    auto line = std::make_unique<CommandLine>(m_description.name, m_description.help, m_description.access);
    declareArguments(*line);
    return line;
}

ExitCode Command::run(const QStringList &arguments)
{
    const std::unique_ptr<CommandLine> created = commandLine();
    CommandLine &line = *created;
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
