// SPDX-License-Identifier: GPL-3.0-or-later
// Why a worker does what it does, or does nothing: its processes, what they use, its log, its stack.
#include "app/ctl/commandline.h"
#include "app/ctl/commands.h"
#include "app/ctl/diagnosisjson.h"
#include "app/ctl/output.h"
#include "core/health/diagnoser.h"
#include "core/pool/diagnosisrequests.h"
#include "core/store/workerregistry.h"

namespace lifeguard::ctl {

int diagnoseCommand(const QStringList &arguments)
{
    CommandLine line(QStringLiteral("diagnose"),
                     Text::tr("Tells what a worker is doing, or why it does nothing: its processes and what they wait for, CPU and memory "
                              "(measured for two seconds), threads, open files, the last lines of its log, and a stack where eu-stack or "
                              "gdb is installed. What looks like a secret is masked."),
                     CommandLine::Access::Reads);
    line.addPositional(QStringLiteral("worker"), Text::tr("Its number, its id, or its name such as plantuml-0."), QStringLiteral("ID|NAME"));
    if (const auto code = line.parse(arguments)) {
        return *code;
    }
    const QStringList named = line.positionals();
    if (named.size() != 1 || named.first().isEmpty()) {
        return line.usageError(Text::tr("Which worker? Give one number, id or name; `lifeguardctl workers` lists them."));
    }
    auto database = line.openDatabase(OpenMode::ReadOnly);
    if (!database) {
        return reportDatabase(database.error());
    }
    SystemClock clock;
    const auto workers = WorkerRegistry(**database, clock).list(QDateTime::fromMSecsSinceEpoch(0, Qt::UTC));
    if (!workers) {
        return reportDatabase(workers.error());
    }
    const auto worker = resolveWorker(named.first(), *workers);
    if (!worker) {
        return report(worker.error());
    }
    const auto request = diagnosisRequestOf(**database, clock, *worker);
    if (!request) {
        return reportDatabase(request.error());
    }
    Diagnoser diagnoser(*request);
    QObject::connect(&diagnoser, &Diagnoser::finished, QCoreApplication::instance(), &QCoreApplication::quit, Qt::QueuedConnection);
    diagnoser.start();
    QCoreApplication::exec();
    if (line.json()) {
        printJson(toJson(diagnoser.diagnosis()));
    } else {
        printText(textOf(diagnoser.diagnosis()));
    }
    return ExitWell;
}

} // namespace lifeguard::ctl
