// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/doctorcommand.h"

#include "app/ctl/console.h"
#include "app/ctl/machineexamination.h"
#include "app/ctl/text.h"

namespace lifeguard::ctl {
namespace {

QString symbolOf(Finding::Level level)
{
    switch (level) {
    case Finding::Level::Ok:
        return Text::tr("ok      ");
    case Finding::Level::Note:
        return Text::tr("note    ");
    case Finding::Level::Problem:
        return Text::tr("PROBLEM ");
    }
    return {};
}

QString indented(QString text)
{
    return text.replace(QLatin1Char('\n'), QStringLiteral("\n        "));
}

QJsonObject toJson(const Finding &finding)
{
    return {{QStringLiteral("area"), toString(finding.area)},
            {QStringLiteral("level"), toString(finding.level)},
            {QStringLiteral("text"), finding.text},
            {QStringLiteral("advice"), finding.advice.isEmpty() ? QJsonValue() : QJsonValue(finding.advice)}};
}

} // namespace

DoctorCommand::DoctorCommand()
    : Command(
        {QStringLiteral("doctor"), Text::tr("examine this machine and explain how to fix problems"),
         Text::tr("Examines what workers need: the tools of each job type, the container engine, the folders, the "
                  "database, the pools of the configuration file and the limits of this user. Explains how to fix what "
                  "was found. Changes nothing. The "
                  "exit code is 1 if there is a problem."),
         CommandLine::Access::Reads})
{
}

void DoctorCommand::declareArguments(CommandLine &line) const
{
    line.addOption(QStringLiteral("full"), Text::tr("Check all pages of the database, also if it is large."));
}

CommandResult DoctorCommand::execute(const CommandLine &line)
{
    if (!line.positionals().isEmpty())
        return usageError(Text::tr("The command doctor has no arguments, only options."));
    ExaminationRequest request = ExaminationRequest::of(line);
    request.checksAllPages = line.isSet(QStringLiteral("full"));
    const QList<Finding> findings = examineMachine(request);
    const int problems = countProblems(findings);
    if (line.json()) {
        QJsonArray rows;
        for (const Finding &finding : findings)
            rows.append(toJson(finding));
        printJson(QJsonObject{{QStringLiteral("problems"), problems}, {QStringLiteral("findings"), rows}});
    } else {
        for (const Finding &finding : findings) {
            printText(symbolOf(finding.level) + indented(finding.text));
            if (!finding.advice.isEmpty())
                printText(QStringLiteral("        ") + indented(finding.advice));
        }
        printText(problems == 0 ? Text::tr("No problems were found.")
                                : Text::tr("Found %n problem(s).", nullptr, problems));
    }
    return problems == 0 ? ExitCode::Success : ExitCode::JobFailed;
}

} // namespace lifeguard::ctl
