// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the rules of commands between programs (docs/protocol.md, "Commands"): each is taken at most once, and only if
// it is fresh, valid, and comes from a user who can be verified.
#include "core/base/processidentity.h"
#include "core/base/processowner.h"
#include "core/store/commandqueue.h"
#include "core/store/publishedpools.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QTest>

#include <pwd.h>
#include <unistd.h>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

ManagerCommand command(CommandVerb verb, const QString &pool, std::optional<int> number = {})
{
    return {verb, s("m1"), pool, {}, number};
}

/// Lets a test do something at the moment when the time is read.
class InterruptingClock : public Clock
{
public:
    explicit InterruptingClock(const Clock &clock) : m_clock(clock) {}
    [[nodiscard]] milliseconds steadyNow() const override { return m_clock.steadyNow(); }
    [[nodiscard]] milliseconds bootNow() const override
    {
        if (const auto call = std::exchange(atNextCall, {}))
            call();
        return m_clock.bootNow();
    }
    [[nodiscard]] QDateTime utcNow() const override { return m_clock.utcNow(); }

    mutable std::function<void()> atNextCall;

private:
    const Clock &m_clock;
};

} // namespace

class TestCommandQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void takenCommandIsAnswered();
    void commandIsTakenOnce();
    void commandsThatAreTakenMeanwhileAreNotTaken();
    void commandsOfOtherManagersAreNotTaken();
    void oldCommandsExpire();
    void clockChangesDoNotExpireCommands();
    void suspensionExpiresCommands();
    void commandsFromBeforeTheStartAreNotTaken();
    void commandsFromTheFutureAreNotTaken();
    void issuerMustBeVerifiable_data();
    void issuerMustBeVerifiable();
    void issuerIsTheOwnerOfTheProcess();
    void withdrawnCommandIsNotTaken();
    void takenCommandCannotBeWithdrawn();
    void invalidCommandsAreNotIssued_data();
    void invalidCommandsAreNotIssued();
    void invalidRowsAreRefused_data();
    void invalidRowsAreRefused();
    void listIsNewestFirst();
    void missingManagerIsReported();
    void poolsArePublished();
    void poolsOfDeadManagersAreNotListed();

private:
    [[nodiscard]] QList<TakenCommand> take(milliseconds startedAt = milliseconds(0))
    {
        const auto taken = m_queue->take(s("m1"), startedAt);
        if (!taken)
            qFatal("%s", qPrintable(taken.error().message));
        return *taken;
    }
    [[nodiscard]] CommandRecord record(qint64 id) { return *m_queue->get(id); }

    std::unique_ptr<QueueTest> m_test;
    std::unique_ptr<CommandQueue> m_queue;
};

void TestCommandQueue::init()
{
    m_queue.reset();
    m_test = std::make_unique<QueueTest>();
    m_queue = std::make_unique<CommandQueue>(*m_test->db, m_test->clock);
    QVERIFY(m_test->registry->registerManager(s("m1"), s("run")));
}

void TestCommandQueue::takenCommandIsAnswered()
{
    QVERIFY(!*m_queue->hasWaiting(s("m1")));
    const Result<qint64> id = m_queue->issue(command(CommandVerb::Scale, s("noop"), 4));
    QVERIFY(id);
    QVERIFY(*m_queue->hasWaiting(s("m1")));
    QVERIFY(!record(*id).isFinished());

    const QList<TakenCommand> taken = take();
    QCOMPARE(taken.size(), 1);
    QCOMPARE(taken.first().id, *id);
    QCOMPARE(taken.first().command, command(CommandVerb::Scale, s("noop"), 4));
    QVERIFY(!*m_queue->hasWaiting(s("m1")));
    QVERIFY(record(*id).takenAt.isValid());
    QVERIFY(!record(*id).isFinished());

    const CommandAnswer answer = CommandAnswer::done(Message("pool_count_set", {s("noop"), 2, 4}));
    QVERIFY(m_queue->finish(*id, answer));
    QCOMPARE(record(*id).answer, answer);
    QCOMPARE(record(*id).answer.message.englishText(), s("Pool noop: 2 → 4 workers."));
    QVERIFY(m_queue->finish(*id, CommandAnswer::failed({}))); // only the first answer counts
    QCOMPARE(record(*id).answer, answer);
}

void TestCommandQueue::commandIsTakenOnce()
{
    auto other = Database::open(m_test->path(), OpenMode::ReadWrite);
    QVERIFY(other);
    CommandQueue second(**other, m_test->clock);
    QList<qint64> ids;
    for (int i = 0; i < 150; ++i)
        ids.append(*m_queue->issue(command(CommandVerb::Pause, s("noop"))));
    QList<qint64> taken;
    for (int round = 0; round < 4; ++round) {
        const auto bySecond = second.take(s("m1"), milliseconds(0));
        QVERIFY(bySecond);
        for (const QList<TakenCommand> &commands : {take(), *bySecond}) {
            for (const TakenCommand &command : commands)
                taken.append(command.id);
        }
    }
    std::sort(taken.begin(), taken.end());
    QCOMPARE(taken, ids);
}

/// Between reading the list of commands and taking them, one is taken by another thread, and one is withdrawn.
void TestCommandQueue::commandsThatAreTakenMeanwhileAreNotTaken()
{
    auto other = Database::open(m_test->path(), OpenMode::ReadWrite);
    QVERIFY(other);
    CommandQueue second(**other, m_test->clock);
    const qint64 withdrawn = *m_queue->issue(command(CommandVerb::Pause, s("noop")));
    const qint64 taken = *m_queue->issue(command(CommandVerb::Resume, s("noop")));
    const InterruptingClock clock(m_test->clock);
    clock.atNextCall = [&] {
        QVERIFY(second.withdraw(withdrawn).value_or(false));
        const auto commands = second.take(s("m1"), milliseconds(0));
        QCOMPARE(commands ? commands->size() : -1, 1);
        QCOMPARE(commands->first().id, taken);
    };
    const auto commands = CommandQueue(*m_test->db, clock).take(s("m1"), milliseconds(0));
    QVERIFY(!clock.atNextCall);
    QCOMPARE(commands ? commands->size() : -1, 0);
    QCOMPARE(m_queue->get(withdrawn)->answer.outcome, CommandOutcome::Expired);
}

void TestCommandQueue::commandsOfOtherManagersAreNotTaken()
{
    ManagerCommand other = command(CommandVerb::Stop, s("noop"));
    other.managerId = s("m2");
    QVERIFY(m_queue->issue(other));
    QVERIFY(!*m_queue->hasWaiting(s("m1")));
    QCOMPARE(take().size(), 0);
    QCOMPARE(m_queue->take(s("m2"), milliseconds(0))->size(), 1);
}

void TestCommandQueue::oldCommandsExpire()
{
    const qint64 id = *m_queue->issue(command(CommandVerb::Stop, s("noop")));
    m_test->clock.advance(CommandQueue::defaultLifetime);
    QCOMPARE(take().size(), 0);
    QCOMPARE(record(id).answer.outcome, CommandOutcome::Expired);
    QVERIFY(!*m_queue->hasWaiting(s("m1")));
    const qint64 fresh = *m_queue->issue(command(CommandVerb::Stop, s("noop")));
    m_test->clock.advance(CommandQueue::defaultLifetime - milliseconds(1));
    QCOMPARE(take().first().id, fresh);
}

void TestCommandQueue::clockChangesDoNotExpireCommands()
{
    const qint64 id = *m_queue->issue(command(CommandVerb::Stop, s("noop")));
    m_test->clock.setClock(std::chrono::hours(24));
    QCOMPARE(take().first().id, id);
    // Nor does a clock that was set back keep an old command fresh.
    const qint64 old = *m_queue->issue(command(CommandVerb::Stop, s("noop")));
    m_test->clock.advance(seconds(31));
    m_test->clock.setClock(-std::chrono::hours(24));
    QCOMPARE(take().size(), 0);
    QCOMPARE(record(old).answer.outcome, CommandOutcome::Expired);
}

void TestCommandQueue::suspensionExpiresCommands()
{
    const qint64 id = *m_queue->issue(command(CommandVerb::Stop, s("noop")));
    m_test->clock.suspend(std::chrono::hours(8));
    QCOMPARE(take().size(), 0);
    QCOMPARE(record(id).answer.outcome, CommandOutcome::Expired);
}

void TestCommandQueue::commandsFromBeforeTheStartAreNotTaken()
{
    const qint64 id = *m_queue->issue(command(CommandVerb::Kill, s("noop")));
    m_test->clock.advance(seconds(1));
    QCOMPARE(take(m_test->clock.bootNow()).size(), 0);
    QCOMPARE(record(id).answer, CommandAnswer::expired(Message("command_before_start")));
}

void TestCommandQueue::commandsFromTheFutureAreNotTaken()
{
    const qint64 id = *m_queue->issue(command(CommandVerb::Kill, s("noop")));
    RawSql raw(m_test->path());
    QVERIFY(raw.exec(s("UPDATE lifeguard_commands SET issued_boot = issued_boot + 3600000, "
                       "expires_boot = expires_boot + 7200000")));
    QCOMPARE(take().size(), 0);
    QCOMPARE(record(id).answer.outcome, CommandOutcome::Expired);
    // Nor can a command live longer than the limit.
    const qint64 eternal = *m_queue->issue(command(CommandVerb::Kill, s("noop")));
    QVERIFY(raw.exec(s("UPDATE lifeguard_commands SET expires_boot = 1e15 WHERE finished_at IS NULL")));
    m_test->clock.advance(CommandQueue::maxLifetime);
    QCOMPARE(take().size(), 0);
    QCOMPARE(record(eternal).answer.outcome, CommandOutcome::Expired);
}

void TestCommandQueue::issuerMustBeVerifiable_data()
{
    QTest::addColumn<QString>("process");
    QTest::addColumn<QByteArray>("code");
    ProcessIdentity self = ProcessIdentity::self();
    QTest::newRow("malformed") << s("me") << QByteArray("command_from_elsewhere");
    ProcessIdentity changed = self;
    changed.pidNamespace = s("pid:[1]");
    QTest::newRow("in a container") << changed.toString() << QByteArray("command_from_elsewhere");
    changed = self;
    changed.bootId = s("11111111-1111-1111-1111-111111111111");
    QTest::newRow("another machine") << changed.toString() << QByteArray("command_from_elsewhere");
    changed = self;
    ++changed.startTime;
    QTest::newRow("the pid was reused") << changed.toString() << QByteArray("command_issuer_gone");
    QProcess ended;
    ended.start(s("/bin/sleep"), {s("100")});
    QVERIFY(ended.waitForStarted());
    const QString process = ProcessIdentity::of(ended.processId())->toString();
    ended.kill();
    ended.waitForFinished();
    QTest::newRow("has ended") << process << QByteArray("command_issuer_gone");
}

void TestCommandQueue::issuerMustBeVerifiable()
{
    QFETCH(QString, process);
    QFETCH(QByteArray, code);
    const qint64 id = *m_queue->issue(command(CommandVerb::Stop, s("noop")));
    RawSql raw(m_test->path());
    QVERIFY(raw.exec(s("UPDATE lifeguard_commands SET issuer_process = ?"), {process}));
    QCOMPARE(take().size(), 0);
    QCOMPARE(record(id).answer, CommandAnswer::refused(Message(code.constData())));
    QCOMPARE(record(id).issuer, QString());
}

void TestCommandQueue::issuerIsTheOwnerOfTheProcess()
{
    const QString self = QString::fromLocal8Bit(getpwuid(getuid())->pw_name);
    const qint64 id = *m_queue->issue(command(CommandVerb::Stop, s("noop")));
    QCOMPARE(take().first().issuer, self);
    QCOMPARE(record(id).issuer, self);
    if (getuid() != 0)
        QSKIP("needs root to run a process of another user");
    QProcess other;
    other.start(s("/usr/bin/setpriv"), {s("--reuid=65534"), s("--clear-groups"), s("sleep"), s("100")});
    QVERIFY(other.waitForStarted());
    EVENTUALLY(ownerOf(ProcessIdentity::of(other.processId()).value()) == s("nobody"));
    const qint64 second = *m_queue->issue(command(CommandVerb::Stop, s("noop")));
    RawSql raw(m_test->path());
    QVERIFY(raw.exec(s("UPDATE lifeguard_commands SET issuer_process = ? WHERE finished_at IS NULL"),
                     {ProcessIdentity::of(other.processId())->toString()}));
    QCOMPARE(take().first().issuer, s("nobody"));
    QCOMPARE(record(second).issuer, s("nobody"));
    other.kill();
    other.waitForFinished();
}

void TestCommandQueue::withdrawnCommandIsNotTaken()
{
    const qint64 id = *m_queue->issue(command(CommandVerb::Stop, s("noop")));
    QVERIFY(*m_queue->withdraw(id));
    QVERIFY(!*m_queue->hasWaiting(s("m1")));
    QCOMPARE(take().size(), 0);
    QCOMPARE(record(id).answer, CommandAnswer::expired(Message("command_withdrawn")));
}

void TestCommandQueue::takenCommandCannotBeWithdrawn()
{
    const qint64 id = *m_queue->issue(command(CommandVerb::Stop, s("noop")));
    QCOMPARE(take().size(), 1);
    QVERIFY(!*m_queue->withdraw(id));
    QVERIFY(!record(id).isFinished());
}

void TestCommandQueue::invalidCommandsAreNotIssued_data()
{
    QTest::addColumn<CommandVerb>("verb");
    QTest::addColumn<QString>("pool");
    QTest::addColumn<QString>("executorId");
    QTest::addColumn<int>("number");
    QTest::addColumn<bool>("isValid");
    constexpr int none = -1000;
    QTest::newRow("stop a pool") << CommandVerb::Stop << s("p") << QString() << none << true;
    QTest::newRow("stop a worker") << CommandVerb::Stop << QString() << s("w") << none << true;
    QTest::newRow("stop all") << CommandVerb::Stop << QString() << QString() << none << true;
    QTest::newRow("two targets") << CommandVerb::Stop << s("p") << s("w") << none << false;
    QTest::newRow("stop with a number") << CommandVerb::Stop << s("p") << QString() << 3 << false;
    QTest::newRow("scale") << CommandVerb::Scale << s("p") << QString() << 0 << true;
    QTest::newRow("scale without a count") << CommandVerb::Scale << s("p") << QString() << none << false;
    QTest::newRow("scale to a negative count") << CommandVerb::Scale << s("p") << QString() << -1 << false;
    QTest::newRow("scale to many") << CommandVerb::Scale << s("p") << QString() << 1001 << false;
    QTest::newRow("scale all") << CommandVerb::Scale << QString() << QString() << 3 << false;
    QTest::newRow("scale a worker") << CommandVerb::Scale << QString() << s("w") << 3 << false;
    QTest::newRow("pause a worker") << CommandVerb::Pause << QString() << s("w") << none << false;
    QTest::newRow("limited pause") << CommandVerb::Pause << s("p") << QString() << 600 << true;
    QTest::newRow("pause of 0 s") << CommandVerb::Pause << s("p") << QString() << 0 << false;
}

void TestCommandQueue::invalidCommandsAreNotIssued()
{
    QFETCH(CommandVerb, verb);
    QFETCH(QString, pool);
    QFETCH(QString, executorId);
    QFETCH(int, number);
    QFETCH(bool, isValid);
    ManagerCommand command{verb, s("m1"), pool, executorId, {}};
    if (number != -1000)
        command.number = number;
    QCOMPARE(command.check().has_value(), isValid);
    QCOMPARE(m_queue->issue(command).has_value(), isValid);
    QCOMPARE(take().size(), isValid ? 1 : 0);
}

void TestCommandQueue::invalidRowsAreRefused_data()
{
    QTest::addColumn<QString>("change");
    QTest::newRow("unknown verb") << s("verb = 'execute'");
    QTest::newRow("two targets") << s("executor_id = 'w'");
    QTest::newRow("number") << s("number = 7");
    QTest::newRow("huge count") << s("verb = 'scale', number = 100000000");
}

void TestCommandQueue::invalidRowsAreRefused()
{
    QFETCH(QString, change);
    const qint64 id = *m_queue->issue(command(CommandVerb::Stop, s("noop")));
    RawSql raw(m_test->path());
    QVERIFY(raw.exec(s("UPDATE lifeguard_commands SET ") + change));
    QCOMPARE(take().size(), 0);
    QCOMPARE(record(id).answer.outcome, CommandOutcome::Refused);
    QVERIFY(!record(id).answer.message.englishText().isEmpty());
}

void TestCommandQueue::listIsNewestFirst()
{
    const qint64 first = *m_queue->issue(command(CommandVerb::Stop, s("noop")));
    const qint64 second = *m_queue->issue(command(CommandVerb::Scale, s("noop"), 7));
    const auto list = m_queue->list(10);
    QVERIFY(list);
    QCOMPARE(list->size(), 2);
    QCOMPARE(list->at(0).id, second);
    QCOMPARE(list->at(0).number, std::optional(7));
    QCOMPARE(list->at(1).id, first);
    QCOMPARE(m_queue->list(1)->size(), 1);
}

void TestCommandQueue::missingManagerIsReported()
{
    const qint64 id = *m_queue->issue(command(CommandVerb::Stop, s("noop")));
    QVERIFY(record(id).hasManager);
    QCOMPARE(take().size(), 1);
    QVERIFY(m_test->registry->removeManager(s("m1")));
    QVERIFY(!record(id).hasManager);
    QVERIFY(!record(id).isFinished());
}

void TestCommandQueue::poolsArePublished()
{
    PublishedPools pools(*m_test->db, m_test->clock);
    PublishedPool noop;
    noop.managerId = s("m1");
    noop.managerKind = s("run");
    noop.managerProcess = ProcessIdentity::self();
    noop.name = s("noop");
    noop.type = s("noop");
    noop.state = s("running");
    noop.count = 4;
    noop.countSource = CountSource::Hand;
    noop.mode = s("direct");
    noop.reason = Message("paused_until", {s("14:30")});
    noop.spec = s("noop=4");
    PublishedPool other = noop;
    other.name = s("noop-2");
    QVERIFY(pools.publish(s("m1"), {noop, other}, {}));
    QCOMPARE(*pools.list(), (QList<PublishedPool>{noop, other}));
    QCOMPARE(pools.list()->first().managerName(), s("run-%1").arg(getpid()));
    noop.count = 5;
    noop.reason = {};
    QVERIFY(pools.publish(s("m1"), {noop}, {s("noop-2")}));
    QCOMPARE(*pools.list(), QList<PublishedPool>{noop});
    // Nothing would remove the pools of a manager without a row.
    QVERIFY(pools.publish(s("m2"), {noop}, {}));
    RawSql raw(m_test->path());
    QCOMPARE(raw.value(s("SELECT count(*) FROM lifeguard_pools")).toInt(), 1);
    QVERIFY(m_test->registry->removeManager(s("m1")));
    QCOMPARE(raw.value(s("SELECT count(*) FROM lifeguard_pools")).toInt(), 0);
}

void TestCommandQueue::poolsOfDeadManagersAreNotListed()
{
    PublishedPools pools(*m_test->db, m_test->clock);
    PublishedPool noop;
    noop.name = s("noop");
    noop.type = s("noop");
    noop.state = s("running");
    noop.spec = s("noop=1");
    QVERIFY(pools.publish(s("m1"), {noop}, {}));
    QCOMPARE(pools.list()->size(), 1);
    ProcessIdentity gone = ProcessIdentity::self();
    ++gone.startTime;
    RawSql raw(m_test->path());
    QVERIFY(raw.exec(s("UPDATE lifeguard_managers SET process = ?"), {gone.toString()}));
    QCOMPARE(pools.list()->size(), 0);
}

QTEST_GUILESS_MAIN(TestCommandQueue)
#include "tst_commandqueue.moc"
