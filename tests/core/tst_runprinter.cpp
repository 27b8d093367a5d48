// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the memory of the output of `lifeguardctl run`.
#include "app/ctl/runprinter.h"
#include "tests/support/memory.h"
#include "tests/support/testhelpers.h"

#include <QTest>

#include <fcntl.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestRunPrinter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void endedWorkersAreForgotten();
};

/// The manager lists ended workers for a while only.
void TestRunPrinter::endedWorkersAreForgotten()
{
    constexpr int count = 20'000;
    std::fflush(stdout);
    const int output = dup(STDOUT_FILENO);
    const int nothing = open("/dev/null", O_WRONLY);
    dup2(nothing, STDOUT_FILENO);
    ctl::RunPrinter printer(false);
    qint64 before = 0;
    for (int i = 0; i < count; ++i) {
        if (i == count / 10)
            before = allocatedBytes();
        WorkerInfo worker;
        worker.own = true;
        worker.executorId = s("direct-noop-0-%1").arg(i, 8, 16, QChar(u'0'));
        worker.state = WorkerState::Idle;
        printer.printWorkers({worker});
    }
    const qint64 growth = allocatedBytes() - before;
    std::fflush(stdout);
    dup2(output, STDOUT_FILENO);
    close(output);
    close(nothing);
    QVERIFY2(growth < 10 * count, qPrintable(QString::number(growth)));
}

QTEST_GUILESS_MAIN(TestRunPrinter)
#include "tst_runprinter.moc"
