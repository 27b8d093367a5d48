// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/diagnosecommand.h"

#include "app/ctl/console.h"
#include "app/ctl/diagnosisjson.h"
#include "app/ctl/text.h"
#include "core/base/systemclock.h"
#include "core/health/diagnoser.h"
#include "core/health/diagnosisreport.h"
#include "core/pool/diagnosisrequests.h"
#include "core/store/workerregistry.h"

namespace lifeguard::ctl {

DiagnoseCommand::DiagnoseCommand()
    : Command({QStringLiteral("diagnose"), Text::tr("examine a worker: what it is doing, or why it is not working"),
               Text::tr("Examines a worker and explains what it is doing, or why it is not working. Shows its processes and what they are "
                        "waiting for, CPU and memory usage (measured for two seconds), threads, open files, the last lines of the log, and "
                        "a stack trace if eu-stack or gdb is installed. Values that look like secrets are masked."),
               CommandLine::Access::Reads})
{
}

void DiagnoseCommand::declareArguments(CommandLine &line) const
{
    line.addPositional(QStringLiteral("worker"), Text::tr("The number or the id of the worker, or its name, such as plantuml-0."),
                       QStringLiteral("ID|NAME"));
}

CommandResult DiagnoseCommand::execute(const CommandLine &line)
{
    const QStringList arguments = line.positionals();
    if (arguments.size() != 1 || arguments.first().isEmpty()) {
        return usageError(Text::tr("Name one worker by its number, id or name. 'lifeguardctl workers' lists the workers."));
    }
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return databaseError(database.error());
    }
    SystemClock clock;
    const auto workers = WorkerRegistry(**database, clock).list(QDateTime::fromMSecsSinceEpoch(0, Qt::UTC));
    if (!workers) {
        return databaseError(workers.error());
    }
    const auto worker = resolveWorker(arguments.first(), *workers);
    if (!worker) {
        return inputError(worker.error());
    }
    const auto request = diagnosisRequestOf(**database, clock, *worker);
    if (!request) {
        return databaseError(request.error());
    }
    Diagnoser diagnoser(*request);
    QObject::connect(&diagnoser, &Diagnoser::finished, QCoreApplication::instance(), &QCoreApplication::quit, Qt::QueuedConnection);
    diagnoser.start();
    QCoreApplication::exec();
    if (line.json()) {
        printJson(toJson(diagnoser.diagnosis()));
    } else {
        printText(diagnosisReport(diagnoser.diagnosis()));
    }
    return ExitCode::Success;
}

} // namespace lifeguard::ctl
