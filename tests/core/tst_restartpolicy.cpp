// SPDX-License-Identifier: GPL-3.0-or-later
// Tests when an ended worker is replaced.
#include "core/pool/restartpolicy.h"

#include <QTest>

using namespace lifeguard;
using Action = RestartDecision::Action;

class TestRestartPolicy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decidesByModeEndingAndHistory_data();
    void decidesByModeEndingAndHistory();
    void endingsCountAsDeathsByMode_data();
    void endingsCountAsDeathsByMode();
    void exitingCommandIsStartedAtMostSixTimesAMinute();
    void delaysHaveTheirDocumentedValues();
};

void TestRestartPolicy::decidesByModeEndingAndHistory_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("ending");
    QTest::addColumn<int>("deaths");
    QTest::addColumn<bool>("hasWorked");
    QTest::addColumn<int>("action");
    QTest::addColumn<int>("delay");
    const auto row = [](const QByteArray &name, RestartMode mode, WorkerEnding ending, int deaths, bool hasWorked,
                        Action action, int delay = 0) {
        QTest::newRow(name.constData()) << int(mode) << int(ending) << deaths << hasWorked << int(action) << delay;
    };
    for (const RestartMode mode : {RestartMode::OnFailure, RestartMode::Always}) {
        const bool always = mode == RestartMode::Always;
        const auto name = [always](const char *text) {
            return QByteArray(always ? "always: " : "on-failure: ").append(text);
        };
        row(name("first death: at once"), mode, WorkerEnding::Died, 1, false, Action::Restart, 0);
        row(name("second death: after 1 s"), mode, WorkerEnding::Died, 2, false, Action::Restart, 1000);
        row(name("third death: after 2 s"), mode, WorkerEnding::Died, 3, false, Action::Restart, 2000);
        row(name("fourth death: after 4 s"), mode, WorkerEnding::Died, 4, false, Action::Restart, 4000);
        row(name("fifth death: crash-looping"), mode, WorkerEnding::Died, 5, false, Action::CrashLoop);
        row(name("sixth death: crash-looping"), mode, WorkerEnding::Died, 6, false, Action::CrashLoop);
        row(name("very many deaths: crash-looping"), mode, WorkerEnding::Died, 2'000'000'000, false, Action::CrashLoop);
        row(name("fifth death, but the pool has worked"), mode, WorkerEnding::Died, 5, true, Action::Restart, 8000);
        row(name("tenth death, but the pool has worked"), mode, WorkerEnding::Died, 10, true, Action::Restart, 256'000);
        row(name("eleventh death, but the pool has worked: the longest delay"), mode, WorkerEnding::Died, 11, true,
            Action::Restart, 300'000);
        row(name("very many deaths, but the pool has worked"), mode, WorkerEnding::Died, 2'000'000'000, true,
            Action::Restart, 300'000);
        row(name("cannot start"), mode, WorkerEnding::CannotStart, 1, true, Action::CrashLoop);
        row(name("exited after a job"), mode, WorkerEnding::ExitedAfterWork, 0, true, Action::Restart, 0);
        row(name("exited after a job, other workers died"), mode, WorkerEnding::ExitedAfterWork, 4, true,
            Action::Restart, 0);
    }
    row("on-failure: exited without a job", RestartMode::OnFailure, WorkerEnding::Exited, 0, false,
        Action::DoNotReplace);
    row("always: exited without a job", RestartMode::Always, WorkerEnding::Exited, 1, false, Action::Restart, 0);
    row("always: exited without a job for the third time", RestartMode::Always, WorkerEnding::Exited, 3, false,
        Action::Restart, 2000);
    row("always: exited without a job for the fifth time", RestartMode::Always, WorkerEnding::Exited, 5, false,
        Action::CrashLoop);
    row("never: died", RestartMode::Never, WorkerEnding::Died, 1, true, Action::DoNotReplace);
    row("never: exited without a job", RestartMode::Never, WorkerEnding::Exited, 0, false, Action::DoNotReplace);
    row("never: exited after a job", RestartMode::Never, WorkerEnding::ExitedAfterWork, 0, true, Action::DoNotReplace);
    row("never: cannot start", RestartMode::Never, WorkerEnding::CannotStart, 1, false, Action::CrashLoop);
}

void TestRestartPolicy::decidesByModeEndingAndHistory()
{
    QFETCH(int, mode);
    QFETCH(int, ending);
    QFETCH(int, deaths);
    QFETCH(bool, hasWorked);
    QFETCH(int, action);
    QFETCH(int, delay);
    const RestartDecision decision = RestartPolicy::decide(RestartMode(mode), WorkerEnding(ending),
                                                           {deaths, hasWorked});
    QCOMPARE(int(decision.action), action);
    QCOMPARE(decision.delay.count(), delay);
}

void TestRestartPolicy::endingsCountAsDeathsByMode_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("ending");
    QTest::addColumn<bool>("counts");
    const auto row = [](const char *name, RestartMode mode, WorkerEnding ending, bool counts) {
        QTest::newRow(name) << int(mode) << int(ending) << counts;
    };
    row("on-failure: died", RestartMode::OnFailure, WorkerEnding::Died, true);
    row("on-failure: cannot start", RestartMode::OnFailure, WorkerEnding::CannotStart, true);
    row("on-failure: exited without a job", RestartMode::OnFailure, WorkerEnding::Exited, false);
    row("always: exited without a job", RestartMode::Always, WorkerEnding::Exited, true);
    row("always: exited after a job", RestartMode::Always, WorkerEnding::ExitedAfterWork, false);
}

void TestRestartPolicy::endingsCountAsDeathsByMode()
{
    QFETCH(int, mode);
    QFETCH(int, ending);
    QTEST(RestartPolicy::countsAsDeath(RestartMode(mode), WorkerEnding(ending)), "counts");
}

/// A command that exits at once is not started more than six times in the first minute, whatever the mode.
void TestRestartPolicy::exitingCommandIsStartedAtMostSixTimesAMinute()
{
    for (const RestartMode mode : {RestartMode::Never, RestartMode::OnFailure, RestartMode::Always}) {
        for (const WorkerEnding ending : {WorkerEnding::Died, WorkerEnding::Exited}) {
            int started = 1;
            milliseconds at{0};
            PoolHistory history;
            for (;;) {
                if (RestartPolicy::countsAsDeath(mode, ending))
                    ++history.deathsInARow;
                const RestartDecision decision = RestartPolicy::decide(mode, ending, history);
                at += decision.delay;
                if (decision.action != Action::Restart || at > std::chrono::minutes(1))
                    break;
                ++started;
                QVERIFY(started <= 6);
            }
        }
    }
}

void TestRestartPolicy::delaysHaveTheirDocumentedValues()
{
    QCOMPARE(RestartPolicy::firstDelay, milliseconds(1000));
    QCOMPARE(RestartPolicy::longestDelay, milliseconds(300'000));
    QCOMPARE(RestartPolicy::resetAfter, milliseconds(600'000));
}

QTEST_GUILESS_MAIN(TestRestartPolicy)
#include "tst_restartpolicy.moc"
