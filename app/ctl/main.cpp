// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandline.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"

#include <QCoreApplication>

using namespace lifeguard::ctl;

namespace {

struct Command
{
    const char *name;
    int (*run)(const QStringList &arguments);
    const char *summary;
};

const Command commands[] = {
    {"init", initCommand, QT_TRANSLATE_NOOP("lifeguardctl", "make the database")},
    {"submit", submitCommand, QT_TRANSLATE_NOOP("lifeguardctl", "add jobs for files and folders")},
    {"run", runCommand, QT_TRANSLATE_NOOP("lifeguardctl", "run pools of workers")},
    {"status", statusCommand, QT_TRANSLATE_NOOP("lifeguardctl", "count jobs and workers by status")},
    {"workers", workersCommand, QT_TRANSLATE_NOOP("lifeguardctl", "list workers")},
    {"diagnose", diagnoseCommand, QT_TRANSLATE_NOOP("lifeguardctl", "what one worker is doing, or why it does nothing")},
    {"jobs", jobsCommand, QT_TRANSLATE_NOOP("lifeguardctl", "list jobs")},
    {"job", jobCommand, QT_TRANSLATE_NOOP("lifeguardctl", "everything about one job, its error first")},
    {"cancel", cancelCommand, QT_TRANSLATE_NOOP("lifeguardctl", "cancel jobs that wait or run")},
    {"retry", retryCommand, QT_TRANSLATE_NOOP("lifeguardctl", "put failed and cancelled jobs back")},
    {"events", eventsCommand, QT_TRANSLATE_NOOP("lifeguardctl", "what happened, newest first")},
};

QString help()
{
    QString text = Text::tr("Usage: lifeguardctl COMMAND [OPTION…]\n\nRuns and watches pools of conversion workers, without a screen.\n\n");
    for (const Command &command : commands) {
        text += QStringLiteral("  ") + QString::fromLatin1(command.name).leftJustified(10) + Text::tr(command.summary)
            + QLatin1Char('\n');
    }
    text += Text::tr("\nAll commands take --db FILE, --workspace DIR, --read-only and --json.\n"
                     "lifeguardctl COMMAND --help tells more.\n\n"
                     "Exit codes: 0 well, 1 a job that finished during the command failed, 2 usage or configuration,\n"
                     "3 database, 4 time ran out.\n");
    return text;
}

/// Where the command's name stands; options that all commands take may come before it.
qsizetype commandAt(const QStringList &arguments)
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

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("lifeguardctl"));
    QCoreApplication::setApplicationVersion(QStringLiteral(LIFEGUARD_VERSION));

    QStringList arguments = QCoreApplication::arguments().mid(1);
    const qsizetype at = commandAt(arguments);
    if (at < 0) {
        if (arguments.contains(QStringLiteral("--help")) || arguments.contains(QStringLiteral("-h"))) {
            printText(help());
            return ExitWell;
        }
        if (arguments.contains(QStringLiteral("--version"))) {
            printText(QStringLiteral("lifeguardctl ") + QCoreApplication::applicationVersion());
            return ExitWell;
        }
        printError(Text::tr("A command is needed."));
        printError(Text::tr("Try: lifeguardctl --help"));
        return ExitUsage;
    }
    const QString name = arguments.takeAt(at);
    for (const Command &command : commands) {
        if (name == QLatin1String(command.name)) {
            return command.run(arguments);
        }
    }
    if (name == QLatin1String("help")) {
        printText(help());
        return ExitWell;
    }
    printError(Text::tr("There is no command '%1'.").arg(name));
    printError(Text::tr("Try: lifeguardctl --help"));
    return ExitUsage;
}
