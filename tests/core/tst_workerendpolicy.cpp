// SPDX-License-Identifier: GPL-3.0-or-later
// Tests how an ended worker is shown, the reason in its row, and what its pool does next.
#include "core/pool/workerendpolicy.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

using Facts = WorkerEndPolicy::Facts;
using Consequence = WorkerEndAssessment::Consequence;

Q_DECLARE_METATYPE(Facts)

namespace {

Facts factsOf(EndCause cause, WorkerExit::Kind kind, int code = 0)
{
    Facts facts;
    facts.cause = cause;
    facts.exit.kind = kind;
    facts.exit.code = code;
    switch (kind) {
    case WorkerExit::Kind::Exited:
        facts.exit.message = Message("exit_code", {code});
        break;
    case WorkerExit::Kind::Signalled:
        facts.exit.message = Message::literal(s("SIGKILL"));
        break;
    case WorkerExit::Kind::FailedToStart:
        facts.exit.message = Message("cannot_start", {s("no such file")});
        break;
    case WorkerExit::Kind::Unknown:
        facts.exit.message = Message("exit_code_lost");
        break;
    }
    switch (cause) {
    case EndCause::None:
        break;
    case EndCause::Stop:
        facts.request = Message("stopped_by_user");
        break;
    case EndCause::Kill:
        facts.request = Message("killed_by_user");
        break;
    case EndCause::Monitor:
        facts.request = Message::literal(s("no beat for 60 s"));
        break;
    case EndCause::Recycle:
        facts.request = Message("recycle_after_jobs", 3, {});
        break;
    }
    return facts;
}

} // namespace

class TestWorkerEndPolicy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void assessesStateAndConsequence_data();
    void assessesStateAndConsequence();
    void reasonDescribesTheEnd_data();
    void reasonDescribesTheEnd();
};

void TestWorkerEndPolicy::assessesStateAndConsequence_data()
{
    QTest::addColumn<Facts>("facts");
    QTest::addColumn<int>("state");
    QTest::addColumn<int>("consequence");
    QTest::addColumn<int>("ending");
    const auto row = [](const char *name, const Facts &facts, WorkerState state, Consequence consequence,
                        WorkerEnding ending = WorkerEnding::Died) {
        QTest::newRow(name) << facts << int(state) << int(consequence) << int(ending);
    };
    using enum WorkerExit::Kind;
    constexpr WorkerState Dead = WorkerState::Dead;
    constexpr WorkerState Stopped = WorkerState::Stopped;
    row("killed by a signal", factsOf(EndCause::None, Signalled, 9), Dead, Consequence::ApplyRestartPolicy);
    row("exited with an error", factsOf(EndCause::None, Exited, 3), Dead, Consequence::ApplyRestartPolicy);
    row("cannot start", factsOf(EndCause::None, FailedToStart), Dead, Consequence::ApplyRestartPolicy,
        WorkerEnding::CannotStart);
    row("unknown exit code", factsOf(EndCause::None, Unknown), Dead, Consequence::ApplyRestartPolicy);
    row("exited by itself", factsOf(EndCause::None, Exited, 0), Stopped, Consequence::CheckFinishedJobs);

    Facts adopted = factsOf(EndCause::None, Unknown);
    adopted.isAdopted = true;
    row("adopted, unknown exit code", adopted, Dead, Consequence::ApplyRestartPolicy);
    adopted.lastPhase = WorkerPhase::Ended;
    row("adopted, its slot shows a regular end", adopted, Stopped, Consequence::CheckFinishedJobs);
    Facts own = factsOf(EndCause::None, Unknown);
    own.lastPhase = WorkerPhase::Ended;
    row("not adopted: its exit code counts", own, Dead, Consequence::ApplyRestartPolicy);

    row("hung, killed", factsOf(EndCause::Monitor, Signalled, 9), Dead, Consequence::ApplyRestartPolicy);
    row("hung, ended after TERM", factsOf(EndCause::Monitor, Exited, 0), Dead, Consequence::ApplyRestartPolicy);
    row("stopped by the user", factsOf(EndCause::Stop, Exited, 0), Stopped, Consequence::Replace);
    row("stopped, exited with an error", factsOf(EndCause::Stop, Exited, 3), Stopped, Consequence::Replace);
    row("stopped, killed after its grace period", factsOf(EndCause::Stop, Signalled, 9), Stopped, Consequence::Replace);
    row("recycled", factsOf(EndCause::Recycle, Exited, 0), Stopped, Consequence::Replace);
    row("killed by the user", factsOf(EndCause::Kill, Signalled, 9), Dead, Consequence::Replace);

    Facts blameless = factsOf(EndCause::None, Unknown);
    blameless.exit.isBlameless = true;
    row("its engine was restarted", blameless, Dead, Consequence::Replace);
    blameless.cause = EndCause::Monitor;
    row("its engine was restarted while it was hung", blameless, Dead, Consequence::Replace);

    const auto never = [](Facts facts) {
        facts.restart = RestartMode::Never;
        return facts;
    };
    row("never: killed by the user", never(factsOf(EndCause::Kill, Signalled, 9)), Dead,
        Consequence::DeclineReplacement);
    blameless.cause = EndCause::None;
    row("never: its engine was restarted", never(blameless), Dead, Consequence::DeclineReplacement);
    row("never: died", never(factsOf(EndCause::None, Exited, 3)), Dead, Consequence::ApplyRestartPolicy);
    row("never: stopped by the user", never(factsOf(EndCause::Stop, Exited, 0)), Stopped, Consequence::Replace);
}

void TestWorkerEndPolicy::assessesStateAndConsequence()
{
    QFETCH(Facts, facts);
    const WorkerEndAssessment end = WorkerEndPolicy::assess(facts);
    QTEST(int(end.state), "state");
    QTEST(int(end.consequence), "consequence");
    QTEST(int(end.ending), "ending");
}

void TestWorkerEndPolicy::reasonDescribesTheEnd_data()
{
    QTest::addColumn<Facts>("facts");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *name, Facts facts, const char *reason, const char *job = "",
                        const QStringList &output = {}) {
        facts.job = Message::literal(s(job));
        facts.exit.lastLines = output;
        QTest::newRow(name) << facts << s(reason);
    };
    using enum WorkerExit::Kind;
    const QStringList output{s("one"), s("two"), s("three"), s("four")};
    row("killed by a signal", factsOf(EndCause::None, Signalled, 9), "SIGKILL");
    row("during a job", factsOf(EndCause::None, Signalled, 9), "SIGKILL while it worked on a.puml (job 12)",
        "a.puml (job 12)");
    row("with output", factsOf(EndCause::None, Exited, 3), "exit code 3. Last output: two | three | four", "", output);
    row("during a job, with output", factsOf(EndCause::None, Exited, 3),
        "exit code 3 while it worked on job 12. Last output: two | three | four", "job 12", output);
    row("output with a secret", factsOf(EndCause::None, Exited, 3),
        "exit code 3. Last output: login as me | password: *** | https://me:***@host/", "",
        {s("login as me"), s("password: hunter2"), s("https://me:hunter2@host/")});
    row("exited by itself", factsOf(EndCause::None, Exited, 0), "ended by itself (exit code 0)");
    row("cannot start", factsOf(EndCause::None, FailedToStart), "cannot start: no such file");
    row("hung", factsOf(EndCause::Monitor, Signalled, 9), "no beat for 60 s; SIGKILL while it worked on job 12",
        "job 12");
    row("stopped by the user", factsOf(EndCause::Stop, Exited, 0), "stopped by the user", "job 12", output);
    row("killed after its grace period", factsOf(EndCause::Stop, Signalled, 9),
        "stopped by the user; killed (SIGKILL) after the grace period", "job 12", output);
    row("recycled", factsOf(EndCause::Recycle, Exited, 0), "recycled after 3 jobs");
    row("killed by the user", factsOf(EndCause::Kill, Signalled, 9), "killed by the user while it worked on job 12",
        "job 12", output);
}

void TestWorkerEndPolicy::reasonDescribesTheEnd()
{
    QFETCH(Facts, facts);
    QTEST(WorkerEndPolicy::assess(facts).reason.englishText(), "reason");
}

QTEST_GUILESS_MAIN(TestWorkerEndPolicy)
#include "tst_workerendpolicy.moc"
