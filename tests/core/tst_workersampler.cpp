// SPDX-License-Identifier: GPL-3.0-or-later
// Tests which processes a sample of the workers reads.
#include "core/base/processtable.h"
#include "core/base/processtree.h"
#include "core/executor/workersampler.h"
#include "core/model/workerstats.h"
#include "tests/interposed/fileopenings.h"
#include "tests/support/processes.h"
#include "tests/support/testhelpers.h"

#include <QTest>

#include <algorithm>
#include <csignal>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestWorkerSampler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();
    void processesOfNobodyAreReadRarely();
    void newDescendantsAreFoundAtOnce();
    void newWorkersAreFoundAtOnce();

private:
    /// Starts a process that sleeps, and forks a child when it receives SIGUSR1.
    qint64 start();

    QList<qint64> m_started;
};

void TestWorkerSampler::cleanup()
{
    killTrees(m_started, {});
    while (wait(nullptr) > 0) {}
    m_started.clear();
}

qint64 TestWorkerSampler::start()
{
    sigset_t signal;
    sigemptyset(&signal);
    sigaddset(&signal, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &signal, nullptr); // until the child waits for it
    const pid_t pid = forkChild([&] {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int received = 0;
        sigwait(&signal, &received);
        fork();
        for (;;)
            pause();
    });
    pthread_sigmask(SIG_UNBLOCK, &signal, nullptr);
    m_started.append(pid);
    return pid;
}

void TestWorkerSampler::processesOfNobodyAreReadRarely()
{
    constexpr int others = 60; // more than other programs start on this machine between two samples
    constexpr int samples = 10;
    const QHash<QString, SampleTarget> targets{{s("w"), {start(), {}, 0, false}}};
    for (int i = 0; i < others; ++i)
        start();
    WorkerSampler sampler;
    QList<int> opened;
    for (int i = 0; i <= samples; ++i) {
        const int before = FileOpenings::total();
        QCOMPARE(sampler.sample(targets).value(s("w")).processes, 1);
        opened.append(FileOpenings::total() - before);
    }
    QVERIFY(opened.constFirst() > others && opened.constLast() > others);
    for (int i = 1; i < samples; ++i)
        QVERIFY2(opened.at(i) < others, qPrintable(QString::number(opened.at(i))));
}

void TestWorkerSampler::newDescendantsAreFoundAtOnce()
{
    const qint64 worker = start();
    const QHash<QString, SampleTarget> targets{{s("w"), {worker, {}, 0, false}}};
    WorkerSampler sampler;
    for (int i = 0; i < 2; ++i)
        QCOMPARE(sampler.sample(targets).value(s("w")).processes, 1);
    QCOMPARE(::kill(pid_t(worker), SIGUSR1), 0);
    EVENTUALLY(childrenOf(worker).size() == 1);
    QCOMPARE(sampler.sample(targets).value(s("w")).processes, 2);
}

void TestWorkerSampler::newWorkersAreFoundAtOnce()
{
    const qint64 first = start();
    const qint64 second = start();
    QHash<QString, SampleTarget> targets{{s("first"), {first, {}, 0, false}}};
    WorkerSampler sampler;
    for (int i = 0; i < 2; ++i)
        QCOMPARE(sampler.sample(targets).size(), 1);
    targets.insert(s("second"), {second, {}, 0, false}); // a worker that was adopted, for example
    QCOMPARE(sampler.sample(targets).value(s("second")).processes, 1);
    std::swap(targets[s("first")].pid, targets[s("second")].pid);
    QCOMPARE(sampler.sample(targets).size(), 2);
    targets.remove(s("first"));
    QCOMPARE(sampler.sample(targets).value(s("second")).processes, 1);
    targets = {{s("second"), {second, {}, 0, false}}};
    QCOMPARE(sampler.sample(targets).value(s("second")).processes, 1);
}

QTEST_GUILESS_MAIN(TestWorkerSampler)
#include "tst_workersampler.moc"
