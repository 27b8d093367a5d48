// SPDX-License-Identifier: GPL-3.0-or-later
// Measures how long a manager with 16 idle workers takes to answer a command of another program. See README.md in this
// folder.
#include "core/base/systemclock.h"
#include "core/store/commandqueue.h"
#include "tests/support/ctlprogram.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QElapsedTimer>
#include <QTest>
#include <QThread>

#include <algorithm>
#include <cstdio>

using namespace lifeguard;
using namespace lifeguard::test;

class BenchCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answers()
    {
        constexpr int workers = 16;
        constexpr int commands = 300;
        constexpr int limit = 300;
        CtlProgram ctl;
        QProcess run;
        ctl.start(run, {s("run"), s("--pool"), s("noop=%1").arg(workers)});
        QVERIFY(CtlProgram::readUntil(run, "is running").contains("is running"));
        auto database = Database::open(ctl.database(), OpenMode::ReadWrite);
        QVERIFY(database);
        RawSql raw(ctl.database());
        const QString alive = s("SELECT count(*) FROM workers WHERE status = 'idle'");
        QVERIFY(QTest::qWaitFor([&] { return raw.value(alive).toInt() == workers; }, patience));
        const QString manager = raw.value(s("SELECT id FROM lifeguard_managers")).toString();
        const SystemClock clock;
        CommandQueue queue(**database, clock);
        QList<double> times;
        for (int i = 0; i < commands; ++i) {
            const ManagerCommand command{i % 2 ? CommandVerb::Resume : CommandVerb::Pause, manager, s("noop"), {}, {}};
            QElapsedTimer timer;
            timer.start();
            const Result<qint64> id = queue.issue(command);
            QVERIFY(id);
            while (true) {
                const Result<CommandRecord> record = queue.get(*id);
                QVERIFY(record);
                if (record->isFinished()) {
                    QVERIFY(record->answer.isDone());
                    break;
                }
                QThread::msleep(1);
            }
            times.append(double(timer.nsecsElapsed()) / 1e6);
            QThread::msleep(ulong(i % 37));
        }
        std::sort(times.begin(), times.end());
        std::printf("%d commands to a manager with %d idle workers: answered within %.1f ms (p50), %.1f ms (p99, limit "
                    "%d), %.1f ms at most\n",
                    commands, workers, times.at(commands / 2), times.at(commands * 99 / 100), limit, times.last());
        run.terminate();
        QVERIFY(run.waitForFinished(patience));
    }
};

QTEST_GUILESS_MAIN(BenchCommands)
#include "bench_commands.moc"
