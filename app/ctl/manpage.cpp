// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/manpage.h"

#include <QCoreApplication>

namespace lifeguard::ctl {

namespace {

/// Returns the text so that roff prints it as it is: neither a request nor an escape, and with ASCII characters only.
QString escaped(const QString &text)
{
    QString result;
    const QList<uint> characters = text.toUcs4();
    for (const uint character : characters) {
        if (character == '\\') {
            result += QStringLiteral("\\e");
        } else if (character == '-') {
            result += QStringLiteral("\\-");
        } else if (character == '\n') {
            result += QStringLiteral("\n.br\n");
        } else if (character < 128) {
            result += QChar(ushort(character));
        } else {
            result += QStringLiteral("\\[u%1]")
                          .arg(character, 4, 16, QLatin1Char('0'))
                          .toUpper()
                          .replace(QStringLiteral("\\[U"), QStringLiteral("\\[u"));
        }
    }
    QStringList lines = result.split(QLatin1Char('\n'));
    for (QString &line : lines) {
        const bool isRequest = line.startsWith(QLatin1Char('.')) && line != QLatin1String(".br");
        if (isRequest || line.startsWith(QLatin1Char('\''))) {
            line.prepend(QStringLiteral("\\&"));
        }
    }
    return lines.join(QLatin1Char('\n'));
}

QString bold(const QString &text)
{
    return QStringLiteral("\\fB") + escaped(text) + QStringLiteral("\\fR");
}

QString italic(const QString &text)
{
    return QStringLiteral("\\fI") + escaped(text) + QStringLiteral("\\fR");
}

QString paragraph(const QString &term, const QString &description)
{
    return QStringLiteral(".TP\n%1\n%2\n").arg(term, escaped(description));
}

QString commandSection(const Command &command)
{
    const auto line = command.commandLine();
    QString usage = bold(command.name()) + QStringLiteral(" [") + italic(QStringLiteral("OPTION\u2026"))
                  + QLatin1Char(']');
    for (const CommandLine::Positional &argument : line->arguments()) {
        usage += QLatin1Char(' ') + italic(argument.syntax);
    }
    QString text = QStringLiteral(".SS %1\n%2\n.PP\n%3\n").arg(escaped(command.name()), usage, escaped(command.help()));
    for (const CommandLine::Positional &argument : line->arguments()) {
        text += paragraph(italic(argument.syntax), argument.description);
    }
    for (const CommandLine::Option &option : line->options()) {
        static const QStringList common = commonOptionsWithValue()
                                        + QStringList{QStringLiteral("read-only"), QStringLiteral("json"),
                                                      QStringLiteral("help")};
        if (common.contains(option.names.constLast())) {
            continue; // described once
        }
        QString term = bold(QStringLiteral("--") + option.names.constLast());
        if (!option.valueName.isEmpty()) {
            term += QLatin1Char(' ') + italic(option.valueName);
        }
        text += paragraph(term, option.description);
    }
    return text;
}

} // namespace

QString manPage(const std::vector<std::unique_ptr<Command>> &commands)
{
    QString text = QStringLiteral(".\\\" Made by 'lifeguardctl man'. Do not edit.\n"
                                  ".TH LIFEGUARDCTL 1 \"\" \"Lifeguard %1\" \"User Commands\"\n"
                                  ".SH NAME\n"
                                  "lifeguardctl \\- run and watch pools of conversion workers\n"
                                  ".SH SYNOPSIS\n"
                                  ".B lifeguardctl\n"
                                  ".I COMMAND\n"
                                  ".RI [ OPTION ...]\n"
                                  ".SH DESCRIPTION\n"
                                  "Runs pools of workers that convert files, hands them jobs from an SQLite queue, and "
                                  "shows what happens.\n"
                                  "This page describes the commands. "
                                  "The help pages of\n.BR lifeguard (1)\nexplain how they work together.\n"
                                  ".SH OPTIONS\n"
                                  "All commands that use a database accept these options.\n")
                       .arg(QCoreApplication::applicationVersion());
    text += paragraph(bold(QStringLiteral("--db")) + QLatin1Char(' ') + italic(QStringLiteral("FILE")),
                      QStringLiteral("The database. Default: $DB_PATH, $CLM_JOBS_DB_PATH, or clx_jobs.db or "
                                     "clm_jobs.db in the workspace."));
    text += paragraph(bold(QStringLiteral("--workspace")) + QLatin1Char(' ') + italic(QStringLiteral("DIR")),
                      QStringLiteral("The folder of the input and output files. Default: $WORKSPACE_PATH, or the "
                                     "current folder."));
    text += paragraph(bold(QStringLiteral("--config")) + QLatin1Char(' ') + italic(QStringLiteral("FILE")),
                      QStringLiteral("The configuration file. Default: $LIFEGUARD_CONFIG, lifeguard.yaml in the "
                                     "workspace, or ~/.config/lifeguard/lifeguard.yaml."));
    text += paragraph(bold(QStringLiteral("--profile")) + QLatin1Char(' ') + italic(QStringLiteral("NAME")),
                      QStringLiteral("The profile of the configuration file. Default: $LIFEGUARD_PROFILE, or none."));
    text += paragraph(bold(QStringLiteral("--read-only")),
                      QStringLiteral("Do not write to the database. For commands that only read."));
    text += paragraph(bold(QStringLiteral("--json")), QStringLiteral("Print JSON."));
    text += paragraph(bold(QStringLiteral("-h")) + QStringLiteral(", ") + bold(QStringLiteral("--help")),
                      QStringLiteral("Print a help page."));
    text += QStringLiteral(".SH COMMANDS\n");
    for (const auto &command : commands) {
        text += commandSection(*command);
    }
    text += QStringLiteral(".SH EXIT STATUS\n");
    const std::pair<const char *, const char *> codes[] = {
        {"0", "Success."},
        {"1", "A job failed while the command was running, or can never run."},
        {"2", "Wrong arguments, configuration or input."},
        {"3", "Database error."},
        {"4", "Timeout."},
        {"5", "The output of run was closed, and its workers were stopped."},
        {"130", "Ctrl+C ended a command that waits."}};
    for (const auto &[code, meaning] : codes) {
        text += paragraph(bold(QLatin1String(code)), QLatin1String(meaning));
    }
    text += QStringLiteral(".SH ENVIRONMENT\n");
    const std::pair<const char *, const char *> variables[] = {
        {"DB_PATH", "The database."},
        {"WORKSPACE_PATH", "The workspace."},
        {"DOCKER_HOST", "The address of the container engine."},
        {"QT_LOGGING_RULES", "Which messages are logged; 'lifeguard.*=true' enables all of them."},
        {"NOTIFY_SOCKET", "Set by systemd for a service of Type=notify."}};
    for (const auto &[name, meaning] : variables) {
        text += paragraph(bold(QLatin1String(name)), QLatin1String(meaning));
    }
    text += QStringLiteral(".SH SEE ALSO\n.BR lifeguard (1),\n.BR lifeguard\\-worker (1)\n");
    return text;
}

} // namespace lifeguard::ctl
