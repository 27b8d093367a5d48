// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/program.h"

#include "app/ctl/backupcommand.h"
#include "app/ctl/cancelcommand.h"
#include "app/ctl/commandscommand.h"
#include "app/ctl/completioncommand.h"
#include "app/ctl/configcommand.h"
#include "app/ctl/console.h"
#include "app/ctl/controlcommand.h"
#include "app/ctl/diagnosecommand.h"
#include "app/ctl/doctorcommand.h"
#include "app/ctl/eventscommand.h"
#include "app/ctl/initcommand.h"
#include "app/ctl/jobcommand.h"
#include "app/ctl/jobscommand.h"
#include "app/ctl/logscommand.h"
#include "app/ctl/mancommand.h"
#include "app/ctl/poolscommand.h"
#include "app/ctl/prioritizecommand.h"
#include "app/ctl/prunecommand.h"
#include "app/ctl/reruncommand.h"
#include "app/ctl/retrycommand.h"
#include "app/ctl/runcommand.h"
#include "app/ctl/statuscommand.h"
#include "app/ctl/submissionscommand.h"
#include "app/ctl/submitcommand.h"
#include "app/ctl/supportbundlecommand.h"
#include "app/ctl/text.h"
#include "app/ctl/vacuumcommand.h"
#include "app/ctl/waitcommand.h"
#include "app/ctl/workerscommand.h"

namespace lifeguard::ctl {

namespace {

/// Returns the index of the command's name; -1 if there is none. The options common to all commands can precede it.
qsizetype indexOfCommand(const QStringList &arguments)
{
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        if (!arguments.at(i).startsWith(QLatin1Char('-'))) {
            return i;
        }
        if (commonOptionsWithValue().contains(arguments.at(i).mid(2))) {
            ++i;
        }
    }
    return -1;
}

ExitCode usageFailure(const QString &message)
{
    printError(message);
    printError(Text::tr("Try 'lifeguardctl --help' for more information."));
    return ExitCode::Usage;
}

} // namespace

Program::Program()
{
    m_commands.push_back(std::make_unique<InitCommand>());
    m_commands.push_back(std::make_unique<SubmitCommand>());
    m_commands.push_back(std::make_unique<RunCommand>());
    m_commands.push_back(std::make_unique<StatusCommand>());
    m_commands.push_back(std::make_unique<PoolsCommand>());
    m_commands.push_back(std::make_unique<WorkersCommand>());
    m_commands.push_back(std::make_unique<DiagnoseCommand>());
    m_commands.push_back(std::make_unique<JobsCommand>());
    m_commands.push_back(std::make_unique<JobCommand>());
    m_commands.push_back(std::make_unique<CancelCommand>());
    m_commands.push_back(std::make_unique<RetryCommand>());
    m_commands.push_back(std::make_unique<RerunCommand>());
    m_commands.push_back(std::make_unique<PrioritizeCommand>());
    m_commands.push_back(std::make_unique<SubmissionsCommand>());
    m_commands.push_back(std::make_unique<EventsCommand>());
    m_commands.push_back(std::make_unique<PruneCommand>());
    m_commands.push_back(std::make_unique<VacuumCommand>());
    m_commands.push_back(std::make_unique<BackupCommand>());
    m_commands.push_back(std::make_unique<DoctorCommand>());
    m_commands.push_back(std::make_unique<SupportBundleCommand>());
    m_commands.push_back(std::make_unique<ConfigCommand>());
    for (const CommandVerb verb : allCommandVerbs())
        m_commands.push_back(std::make_unique<ControlCommand>(verb));
    m_commands.push_back(std::make_unique<CommandsCommand>());
    m_commands.push_back(std::make_unique<LogsCommand>());
    m_commands.push_back(std::make_unique<WaitCommand>());
    m_commands.push_back(std::make_unique<CompletionCommand>(m_commands));
    m_commands.push_back(std::make_unique<ManCommand>(m_commands));
}

Program::~Program() = default;

ExitCode Program::run(QStringList arguments)
{
    const qsizetype index = indexOfCommand(arguments);
    if (index < 0) {
        if (arguments.contains(QStringLiteral("--help")) || arguments.contains(QStringLiteral("-h"))) {
            printText(helpText());
            return ExitCode::Success;
        }
        if (arguments.contains(QStringLiteral("--version"))) {
            printText(QStringLiteral("lifeguardctl ") + QCoreApplication::applicationVersion());
            return ExitCode::Success;
        }
        return usageFailure(Text::tr("No command was given."));
    }
    const QString name = arguments.takeAt(index);
    if (Command *found = command(name)) {
        return found->run(arguments);
    }
    if (name == QLatin1String("help")) {
        printText(helpText());
        return ExitCode::Success;
    }
    return usageFailure(Text::tr("There is no command '%1'.").arg(name));
}

Command *Program::command(const QString &name) const
{
    for (const auto &command : m_commands) {
        if (command->name() == name) {
            return command.get();
        }
    }
    return nullptr;
}

QString Program::helpText() const
{
    QString text = Text::tr("Usage: lifeguardctl COMMAND [OPTION…]\n"
                            "\n"
                            "Runs and watches pools of conversion workers from the command line.\n"
                            "\n"
                            "Commands:\n");
    for (const auto &command : m_commands) {
        text += QStringLiteral("  ") + command->name().leftJustified(16) + command->summary() + QLatin1Char('\n');
    }
    text += Text::tr(
        "\n"
        "All commands accept --db FILE, --workspace DIR, --config FILE, --profile NAME and --json. Commands that only "
        "read accept --read-only, too.\n"
        "Run 'lifeguardctl COMMAND --help' for the options of a command.\n"
        "\n"
        "Exit codes:\n"
        "  0  success\n"
        "  1  a job failed while the command was running, or can never run; a command to a manager was not carried "
        "out\n"
        "  2  wrong arguments, configuration or input\n"
        "  3  database error\n"
        "  4  timeout\n"
        "  5  the output of run was closed (for example by 'run | head'), and its workers were stopped\n"
        "  130  Ctrl+C ended a command that waits\n");
    return text;
}

} // namespace lifeguard::ctl
