// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/completioncommand.h"

#include "app/ctl/completionscript.h"
#include "app/ctl/console.h"
#include "app/ctl/text.h"

namespace lifeguard::ctl {

CompletionCommand::CompletionCommand(const std::vector<std::unique_ptr<Command>> &commands)
    : Command({QStringLiteral("completion"), Text::tr("print a completion script for a shell"),
               Text::tr("Prints a script that lets a shell complete commands, options and values. In bash: "
                        "source <(lifeguardctl completion bash)"),
               CommandLine::Access::None})
    , m_commands(commands)
{
}

void CompletionCommand::declareArguments(CommandLine &line) const
{
    line.addPositional(QStringLiteral("shell"), Text::tr("bash, zsh or fish."), QStringLiteral("SHELL"),
                       {QStringLiteral("bash"), QStringLiteral("zsh"), QStringLiteral("fish")});
}

CommandResult CompletionCommand::execute(const CommandLine &line)
{
    const QStringList names = line.positionals();
    const QString name = names.size() == 1 ? names.constFirst() : QString();
    if (name == QLatin1String("bash")) {
        printLine(completionScript(Shell::Bash, m_commands));
    } else if (name == QLatin1String("zsh")) {
        printLine(completionScript(Shell::Zsh, m_commands));
    } else if (name == QLatin1String("fish")) {
        printLine(completionScript(Shell::Fish, m_commands));
    } else {
        return usageError(Text::tr("Name a shell: bash, zsh or fish."));
    }
    return ExitCode::Success;
}

} // namespace lifeguard::ctl
