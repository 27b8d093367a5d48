// SPDX-License-Identifier: GPL-3.0-or-later
// Which containers of other managers are removed, and when.
#include "core/executor/leftovercontainercleaner.h"

#include "core/config/workerconfig.h"
#include "core/executor/containerspec.h"
#include "tests/support/fakecontainerengine.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace lifeguard;
using namespace lifeguard::test;

Q_DECLARE_METATYPE(lifeguard::DockerContainer)
Q_DECLARE_METATYPE(lifeguard::LeftoverContext)

namespace {

DockerContainer containerOf(const char *manager, const char *state, const QHash<QString, QString> &labels = {})
{
    DockerContainer container;
    container.id = s("abc");
    container.state = s(state);
    container.labels = labels;
    if (*manager)
        container.labels.insert(dockerlabel::manager, s(manager));
    return container;
}

} // namespace

class TestLeftoverContainerCleaner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decides_data();
    void decides();
    void grace();
    void removesAContainerWhoseManagerHasEnded();
    void terminatesARunningContainer();
    void waitsForALongerJob();
    void ignoresEventsOfOtherContainers();
};

void TestLeftoverContainerCleaner::decides_data()
{
    using Action = LeftoverAction;
    using Presence = ProcessPresence;
    QTest::addColumn<DockerContainer>("container");
    QTest::addColumn<LeftoverContext>("context");
    QTest::addColumn<int>("action");
    const QSet<QString> managersInDatabase{s("registered")};
    const auto context = [](Presence presence, const std::optional<QSet<QString>> &managers = {},
                            bool isEngineLocal = true, bool isBeingCreated = false) {
        return LeftoverContext{s("own"), isBeingCreated, presence, isEngineLocal, managers};
    };
    const auto row = [](const char *name, const DockerContainer &container, const LeftoverContext &leftover,
                        Action action) { QTest::newRow(name) << container << leftover << int(action); };

    row("without a manager", containerOf("", "exited"), context(Presence::Gone), Action::Keep);
    row("of a living manager", containerOf("other", "exited"), context(Presence::Alive), Action::Keep);
    row("ended, manager ended", containerOf("other", "exited"), context(Presence::Gone), Action::Remove);
    row("never started, manager ended", containerOf("other", "created"), context(Presence::Gone), Action::Remove);
    row("running, manager ended", containerOf("other", "running"), context(Presence::Gone), Action::Terminate);
    row("paused, manager ended", containerOf("other", "paused"), context(Presence::Gone), Action::Terminate);
    row("detached and running", containerOf("other", "running", {{dockerlabel::detached, s("true")}}),
        context(Presence::Gone), Action::Keep);
    row("detached and ended", containerOf("other", "exited", {{dockerlabel::detached, s("true")}}),
        context(Presence::Gone), Action::Remove);

    row("own, of no known worker", containerOf("own", "running"), context(Presence::Alive), Action::Remove);
    row("own, being created", containerOf("own", "created"), context(Presence::Alive, {}, true, true), Action::Keep);

    row("manager invisible, not in the database", containerOf("other", "exited"),
        context(Presence::Unknown, managersInDatabase), Action::Remove);
    row("manager invisible, in the database", containerOf("registered", "exited"),
        context(Presence::Unknown, managersInDatabase), Action::Keep);
    row("manager invisible, database not read", containerOf("other", "exited"), context(Presence::Unknown),
        Action::Keep);
    row("manager invisible, running", containerOf("other", "running"), context(Presence::Unknown, managersInDatabase),
        Action::Keep);
    row("manager invisible, remote engine", containerOf("other", "exited"),
        context(Presence::Unknown, managersInDatabase, false), Action::Keep);
}

void TestLeftoverContainerCleaner::decides()
{
    QFETCH(DockerContainer, container);
    QFETCH(LeftoverContext, context);
    QTEST(int(leftoverAction(container, context)), "action");
}

void TestLeftoverContainerCleaner::grace()
{
    QCOMPARE(leftoverGrace(containerOf("other", "running")), seconds(10)); // the program of a user
    const QHash<QString, QString> labels{{dockerlabel::workerType, s("noop")}, {dockerlabel::maxJobTime, s("600")}};
    QCOMPARE(leftoverGrace(containerOf("other", "running", labels)), seconds(600) + jobLimitSlack);
    const QHash<QString, QString> huge{{dockerlabel::workerType, s("noop")},
                                       {dockerlabel::maxJobTime, s("99999999999")}};
    QCOMPARE(leftoverGrace(containerOf("other", "running", huge)), maxDuration);
    const DockerContainer ours = containerOf("other", "running", labels);
    QCOMPARE(leftoverGrace(ours, seconds(7200)), seconds(7200) + jobLimitSlack);
    QCOMPARE(leftoverGrace(ours, seconds(5)), seconds(600) + jobLimitSlack); // it may be running another job
    QCOMPARE(leftoverGrace(containerOf("other", "running"), seconds(7200)), seconds(10));
}

namespace {

/// A cleaner of the manager FakeContainerEngine::managerId, and a manager process that has ended.
struct World
{
    World()
        : client(engine.server.endpoint())
        , remover(client)
        , cleaner(client, remover, FakeContainerEngine::managerId)
    {
        QProcess process;
        process.start(s("sleep"), {s("60")});
        if (process.waitForStarted())
            endedManager = ProcessIdentity::of(process.processId()).value_or(ProcessIdentity()).toString();
        process.kill();
        process.waitForFinished();
    }
    /// Adds a leftover of the ended manager, and passes it to the cleaner.
    QString clean(const char *state, QHash<QString, QString> labels = {})
    {
        labels.insert(dockerlabel::managerProcess, endedManager);
        const QString id = engine.addContainer(
            s("leftover"), {{dockerlabel::manager, s("ended")}, {dockerlabel::managerProcess, endedManager}}, s(state));
        DockerContainer listed = containerOf("ended", state, labels);
        listed.id = id;
        cleaner.clean(listed, false);
        return id;
    }

    FakeContainerEngine engine;
    DockerClient client;
    ContainerRemover remover;
    LeftoverContainerCleaner cleaner;
    QString endedManager;
};

} // namespace

void TestLeftoverContainerCleaner::removesAContainerWhoseManagerHasEnded()
{
    World world;
    world.clean("exited");
    EVENTUALLY(world.engine.containers.isEmpty());
}

void TestLeftoverContainerCleaner::terminatesARunningContainer()
{
    World world;
    const QString id = world.clean("running");
    EVENTUALLY(world.engine.container(id).signalNames == QStringList{s("TERM")});
    ContainerEvent event;
    event.id = id;
    event.action = s("kill");
    QVERIFY(world.cleaner.handleEvent(event));
    QCOMPARE(world.engine.ids(), QStringList{id});
    event.action = s("die");
    QVERIFY(world.cleaner.handleEvent(event));
    EVENTUALLY(world.engine.containers.isEmpty());
}

/// The limits of jobs become known with a snapshot, which may come after TERM.
void TestLeftoverContainerCleaner::waitsForALongerJob()
{
    World world;
    const auto limit = [](int grace) { return seconds(grace) - jobLimitSlack; };
    const QString id = world.clean("running", {{dockerlabel::workerType, s("noop")},
                                               {dockerlabel::maxJobTime, QString::number(limit(1).count())}});
    EVENTUALLY(world.engine.container(id).signalNames == QStringList{s("TERM")});
    world.cleaner.setJobLimits({{shortContainerId(id), limit(3)}});
    bool isOver = false; // between the two graces
    QTimer::singleShot(2000, this, [&] {
        QCOMPARE(world.engine.ids(), QStringList{id});
        isOver = true;
    });
    EVENTUALLY(isOver);
    EVENTUALLY(world.engine.containers.isEmpty());
}

void TestLeftoverContainerCleaner::ignoresEventsOfOtherContainers()
{
    World world;
    ContainerEvent event;
    event.id = s("another");
    event.action = s("die");
    QVERIFY(!world.cleaner.handleEvent(event));
}

QTEST_GUILESS_MAIN(TestLeftoverContainerCleaner)
#include "tst_leftovercontainercleaner.moc"
