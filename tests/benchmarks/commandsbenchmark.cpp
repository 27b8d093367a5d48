// SPDX-License-Identifier: GPL-3.0-or-later
#include "commandsbenchmark.h"

#include "measuring.h"
#include "queuefile.h"
#include "requirement.h"

#include "core/base/systemclock.h"
#include "core/store/commandqueue.h"
#include "core/store/database.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"
#include "tests/support/waiting.h"

#include <QThread>

namespace lifeguard::bench {
namespace {

constexpr int workers = 16;
constexpr int pauses = 37; ///< in ms between two commands, so that they come at any time of the manager's intervals
constexpr double targetMs = 300;

/// Issues a command and waits for its answer. Returns the time that this took in ms.
double answer(CommandQueue &queue, const ManagerCommand &command)
{
    const Stopwatch watch;
    const qint64 id = valueOf(queue.issue(command));
    while (true) {
        const CommandRecord record = valueOf(queue.get(id));
        if (record.isFinished()) {
            require(record.answer.isDone(), QStringLiteral("The manager refused a command."));
            return watch.milliseconds();
        }
        QThread::msleep(1);
    }
}

/// Returns the times in ms of two write transactions that change a row each: a command takes one of the program that
/// issues it, and one of the manager.
QList<double> twoTransactions(int count)
{
    const QueueFile queue;
    BareConnection connection(queue.path());
    connection.exec(
        QStringLiteral("INSERT INTO workers (worker_type, container_id, status) VALUES ('noop', 'x', 'idle')"));
    QList<double> times;
    for (int i = 0; i < count; ++i) {
        const Stopwatch watch;
        for (int transaction = 0; transaction < 2; ++transaction)
            connection.exec(QStringLiteral("UPDATE workers SET jobs_processed = jobs_processed + 1"));
        times.append(watch.milliseconds());
    }
    return times;
}

} // namespace

void measureCommands(Report &report, const Sizes &sizes)
{
    const int commands = sizes.choose(300, 10);
    report.setting(QStringLiteral("commands"), QString::number(commands));
    report.setting(QStringLiteral("idle workers"), QString::number(workers));
    const QList<double> bare = twoTransactions(commands);
    const CtlProgram ctl;
    QProcess run;
    ctl.start(run, {QStringLiteral("run"), QStringLiteral("--pool"), QStringLiteral("noop=%1").arg(workers)});
    require(CtlProgram::readUntil(run, "is running").contains("is running"),
            QStringLiteral("lifeguardctl run did not start."));
    const std::unique_ptr<Database> database = valueOf(Database::open(ctl.database(), OpenMode::ReadWrite));
    test::RawSql raw(ctl.database());
    const QString alive = QStringLiteral("SELECT count(*) FROM workers WHERE status = 'idle'");
    require(test::waitUntil([&] { return raw.value(alive).toInt() == workers; }),
            QStringLiteral("The workers did not register."));
    const QString manager = raw.value(QStringLiteral("SELECT id FROM lifeguard_managers")).toString();
    const SystemClock clock;
    CommandQueue queue(*database, clock);
    QList<double> times;
    for (int i = 0; i < commands; ++i) {
        times.append(
            answer(queue, {i % 2 ? CommandVerb::Resume : CommandVerb::Pause, manager, QStringLiteral("noop"), {}, {}}));
        QThread::msleep(ulong(i % pauses));
    }
    const QString ms = QStringLiteral("ms");
    const QString limit = QStringLiteral("two bare transactions");
    report.add({QStringLiteral("answered, p50"), median(times), ms, Limit{limit, median(bare)}, {}, {}});
    report.add({QStringLiteral("answered, p99"),
                percentile(times, 0.99),
                ms,
                Limit{limit, percentile(bare, 0.99)},
                Target::valueAtMost(targetMs),
                {}});
    report.add({QStringLiteral("answered, at most"), percentile(times, 1), ms, {}, {}, {}});
    run.terminate();
    run.waitForFinished();
}

} // namespace lifeguard::bench
