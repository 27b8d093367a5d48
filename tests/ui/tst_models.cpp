// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/event.h"
#include "core/model/job.h"
#include "core/model/jobcounts.h"
#include "core/model/jobstatus.h"
#include "core/model/poolinfo.h"
#include "core/model/poolstate.h"
#include "core/model/workerinfo.h"
#include "core/model/workerstate.h"
#include "core/store/joberror.h"
#include "tests/ui/fakejobs.h"
#include "ui/format.h"
#include "ui/models/eventsmodel.h"
#include "ui/models/jobcellformatter.h"
#include "ui/models/keyedtablemodel.h"
#include "ui/models/modelroles.h"
#include "ui/models/poolsmodel.h"
#include "ui/models/workersmodel.h"
#include "ui/models/workersproxymodel.h"
#include "ui/theme/stateappearance.h"
#include "ui/views/overallstatus.h"
#include "ui/views/statusstrip.h"

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QPalette>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace lifeguard {
static qint64 rowKey(const Job &job)
{
    return job.id;
}
} // namespace lifeguard

namespace {

/// A minimal table for the tests of KeyedTableModel.
class JobTable : public KeyedTableModel<Job>
{
public:
    int columnCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : 1; }
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override
    {
        return role == KeyRole || role == Qt::DisplayRole ? QVariant(at(index.row()).id) : QVariant();
    }
};

WorkerInfo makeWorker(const QString &pool, int index, WorkerState state = WorkerState::Idle, const QString &suffix = {})
{
    WorkerInfo worker;
    worker.executorId = QStringLiteral("direct-%1-%2-aaaaaaaa%3").arg(pool).arg(index).arg(suffix);
    worker.pool = pool;
    worker.type = pool;
    worker.index = index;
    worker.mode = QStringLiteral("direct");
    worker.state = state;
    worker.startedAt = QDateTime(QDate(2026, 1, 1), QTime(12, 0), Qt::UTC);
    return worker;
}

QList<qint64> ids(const JobTable &model)
{
    QList<qint64> result;
    for (int row = 0; row < model.rowCount(); ++row) {
        result.append(model.index(row, 0).data(KeyRole).toLongLong());
    }
    return result;
}

} // namespace

class TestModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void modelsPassModelTester();
    void refreshNeverResets();
    void mergesChangedRows();
    void emitsNothingWithoutChanges();
    void reachesAnyOrder();
    void movesOnlyFinishedJob();
    void keepsSelection();
    void heldModelDoesNotMove();
    void workersSortByPoolAndNumber();
    void rawValuesAndAccessibleTexts();
    void parsesErrorsOfClx();
    void durations_data();
    void durations();
    void statesAreReadableAndDistinct();
    void assessesOverallStatus();
};

void TestModels::modelsPassModelTester()
{
    WorkersModel workers;
    QAbstractItemModelTester workersTester(&workers, reportingMode);
    WorkersProxyModel proxy(&workers);
    QAbstractItemModelTester proxyTester(&proxy, reportingMode);
    proxy.sort(WorkersModel::NameColumn);
    workers.setRows({makeWorker(QStringLiteral("noop"), 1), makeWorker(QStringLiteral("noop"), 0)});
    proxy.sortIfNeeded();
    workers.setRows({makeWorker(QStringLiteral("noop"), 1, WorkerState::Dead), makeWorker(QStringLiteral("noop"), 2)});
    proxy.sortIfNeeded();
    workers.setRows({});
    QCOMPARE(proxy.rowCount(), 0);

    PoolsModel pools;
    QAbstractItemModelTester poolsTester(&pools, reportingMode);
    PoolInfo pool;
    pool.name = QStringLiteral("noop");
    pools.setRows({pool});
    pool.alive = 3;
    pools.setRows({pool});
    QCOMPARE(pools.index(0, 0).data(PoolsModel::AliveRole).toInt(), 3);
    pools.setRows({});

    EventsModel events;
    QAbstractItemModelTester eventsTester(&events, reportingMode);
    Event first;
    first.id = 1;
    Event second;
    second.id = 2;
    events.setRows({first});
    events.setRows({second, first});
    QCOMPARE(events.at(0).id, 2);

    JobTable jobs;
    QAbstractItemModelTester jobsTester(&jobs, reportingMode);
    jobs.setRows({makeJob(3), makeJob(2), makeJob(1)});
    jobs.setRows({makeJob(4), makeJob(1), makeJob(3)});
    QCOMPARE(ids(jobs), (QList<qint64>{4, 1, 3}));
}

void TestModels::refreshNeverResets()
{
    JobTable model;
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    QSignalSpy layouts(&model, &QAbstractItemModel::layoutChanged);
    model.setRows({makeJob(1), makeJob(2)});
    model.setRows({makeJob(2), makeJob(3)});
    model.setRows({});
    QCOMPARE(resets.count(), 0);
    QCOMPARE(layouts.count(), 0);
}

void TestModels::mergesChangedRows()
{
    JobTable model;
    QList<Job> rows;
    for (qint64 id = 0; id < 1000; ++id) {
        rows.append(makeJob(id));
    }
    QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);
    model.setRows(rows);
    QCOMPARE(inserts.count(), 1);

    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    for (Job &job : rows) {
        job.status = JobStatus::Completed;
    }
    model.setRows(rows);
    QCOMPARE(changes.count(), 1);

    changes.clear();
    rows[10].attempts = 1;
    rows[12].attempts = 1;
    rows[900].attempts = 1;
    model.setRows(rows);
    QCOMPARE(changes.count(), 2);
    QCOMPARE(changes.at(0).at(0).toModelIndex().row(), 10);
    QCOMPARE(changes.at(0).at(1).toModelIndex().row(), 12);
}

void TestModels::emitsNothingWithoutChanges()
{
    WorkersModel model;
    const QList<WorkerInfo> rows{makeWorker(QStringLiteral("noop"), 0), makeWorker(QStringLiteral("noop"), 1)};
    model.setRows(rows);
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    model.setRows(rows);
    QCOMPARE(changes.count(), 0);
}

void TestModels::reachesAnyOrder()
{
    QRandomGenerator random(20260101);
    JobTable model;
    QAbstractItemModelTester tester(&model, reportingMode);
    for (int round = 0; round < 200; ++round) {
        QList<qint64> wanted;
        for (qint64 id = 0; id < 24; ++id) {
            if (random.bounded(3) > 0) {
                wanted.insert(random.bounded(int(wanted.size()) + 1), id);
            }
        }
        QList<Job> rows;
        for (const qint64 id : std::as_const(wanted)) {
            rows.append(makeJob(id, JobStatus(random.bounded(5))));
        }
        model.setRows(rows);
        QCOMPARE(ids(model), wanted);
        QCOMPARE(model.rows(), rows);
    }
}

void TestModels::movesOnlyFinishedJob()
{
    JobTable model;
    QList<Job> rows{makeJob(5, JobStatus::Processing)};
    for (qint64 id = 500; id > 5; --id) {
        rows.append(makeJob(id));
    }
    rows.append(makeJob(4));
    model.setRows(rows);
    QSignalSpy moves(&model, &QAbstractItemModel::rowsMoved);
    QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);
    rows.move(0, rows.size() - 2);
    rows[rows.size() - 2].status = JobStatus::Completed;
    model.setRows(rows);
    QCOMPARE(model.rows(), rows);
    QVERIFY(moves.count() <= 2);
    QCOMPARE(inserts.count(), 0);
}

void TestModels::keepsSelection()
{
    JobTable model;
    model.setRows({makeJob(3), makeJob(2), makeJob(1)});
    QItemSelectionModel selection(&model);
    selection.select(model.index(1, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);
    model.setRows({makeJob(5), makeJob(2, JobStatus::Processing), makeJob(4), makeJob(3)});
    QCOMPARE(selection.selectedRows().size(), 1);
    QCOMPARE(selection.selectedRows().first().data(KeyRole).toLongLong(), 2);
    model.setRows({makeJob(2), makeJob(5)});
    QCOMPARE(selection.selectedRows().first().data(KeyRole).toLongLong(), 2);
    model.setRows({makeJob(5)});
    QVERIFY(!selection.hasSelection());
}

void TestModels::heldModelDoesNotMove()
{
    JobTable model;
    model.setRows({makeJob(2), makeJob(1)});
    model.setHeld(true);
    model.setRows({makeJob(3), makeJob(1, JobStatus::Completed)});
    QCOMPARE(ids(model), (QList<qint64>{2, 1}));
    QVERIFY(model.at(1).status == JobStatus::Completed);
    model.setHeld(false);
    QCOMPARE(ids(model), (QList<qint64>{3, 1}));
}

void TestModels::workersSortByPoolAndNumber()
{
    WorkersModel model;
    WorkersProxyModel proxy(&model);
    proxy.sort(WorkersModel::NameColumn);
    const QString noop = QStringLiteral("noop");
    model.setRows(
        {makeWorker(QStringLiteral("plantuml"), 0), makeWorker(noop, 10), makeWorker(noop, 2, WorkerState::Dead)});
    model.setRows({makeWorker(QStringLiteral("plantuml"), 0), makeWorker(noop, 10),
                   makeWorker(noop, 2, WorkerState::Dead),
                   makeWorker(noop, 2, WorkerState::Idle, QStringLiteral("new"))});
    proxy.sortIfNeeded();
    const auto at = [&](int row) { return model.at(proxy.mapToSource(proxy.index(row, 0)).row()); };
    QVERIFY(at(0).state == WorkerState::Idle); // the replacement is above the dead worker
    QVERIFY(at(1).state == WorkerState::Dead);
    QCOMPARE(at(2).index, 10); // by number, not by text
    QCOMPARE(at(3).pool, QStringLiteral("plantuml"));
    QVERIFY(!proxy.sortsByVolatileColumn());
    proxy.sort(WorkersModel::CpuColumn);
    QVERIFY(proxy.sortsByVolatileColumn());
}

void TestModels::rawValuesAndAccessibleTexts()
{
    WorkersModel model;
    WorkerInfo worker = makeWorker(QStringLiteral("noop"), 0, WorkerState::Busy);
    worker.jobId = 7;
    worker.jobName = QStringLiteral("a.puml");
    worker.jobAge = seconds(240);
    worker.memoryBytes = 212'000'000;
    worker.cpuPercent = 95.6;
    model.setRows({worker});
    const auto cell = [&](int column) { return model.index(0, column); };
    QCOMPARE(cell(WorkersModel::JobAgeColumn).data().toLongLong(), 240'000);
    QCOMPARE(cell(WorkersModel::MemoryColumn).data().toLongLong(), 212'000'000);
    QCOMPARE(cell(WorkersModel::StateColumn).data(StateRole).toInt(), int(WorkerState::Busy));
    QCOMPARE(cell(WorkersModel::JobAgeColumn).data(Qt::AccessibleTextRole).toString(), QStringLiteral("4 min"));
    QCOMPARE(cell(WorkersModel::CpuColumn).data(Qt::AccessibleTextRole).toString(), QStringLiteral("96 %"));
    QCOMPARE(cell(WorkersModel::StateColumn).data(Qt::AccessibleTextRole).toString(), QStringLiteral("busy"));
    QCOMPARE(cell(WorkersModel::JobColumn).data().toString(), QStringLiteral("a.puml"));
    worker.reason = QStringLiteral("no beat for 38 s");
    model.setRows({worker});
    QCOMPARE(cell(WorkersModel::JobColumn).data().toString(), QStringLiteral("a.puml – no beat for 38 s"));
}

void TestModels::parsesErrorsOfClx()
{
    QCOMPARE(jobErrorMessage(QStringLiteral("plain")), QStringLiteral("plain"));
    QCOMPARE(jobErrorMessage(QStringLiteral(R"({"error_message": "no kernel", "category": "infrastructure"})")),
             QStringLiteral("no kernel"));
    QCOMPARE(jobErrorMessage(QStringLiteral("{broken")), QStringLiteral("{broken"));
    // The cell shows the message; the tooltip also shows the category and the guidance.
    Job job;
    job.id = 1;
    job.type = QStringLiteral("notebook");
    job.error = QStringLiteral(
        R"({"error_message": "no kernel", "category": "infrastructure", "actionable_guidance": "Install it."})");
    const JobCellFormatter cells;
    QCOMPARE(cells.value(job, JobTableColumn::Error, QDateTime::currentDateTimeUtc()).toString(),
             QStringLiteral("no kernel"));
    QCOMPARE(cells.toolTip(job, JobTableColumn::Error), QStringLiteral("no kernel\ninfrastructure\nInstall it."));
    job.error = QStringLiteral("plain");
    QCOMPARE(cells.toolTip(job, JobTableColumn::Error), QStringLiteral("plain"));
}

void TestModels::durations_data()
{
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << qint64(0) << QStringLiteral("0 s");
    QTest::newRow("negative, because clocks differ") << qint64(-5000) << QStringLiteral("0 s");
    QTest::newRow("seconds") << qint64(119'999) << QStringLiteral("119 s");
    QTest::newRow("minutes") << qint64(120'000) << QStringLiteral("2 min");
    QTest::newRow("hours") << qint64(7'200'000) << QStringLiteral("2 h");
    QTest::newRow("days") << qint64(5LL * 86'400'000) << QStringLiteral("5 d");
}

void TestModels::durations()
{
    QFETCH(qint64, ms);
    QFETCH(QString, text);
    QCOMPARE(format::duration(milliseconds(ms)), text);
}

void TestModels::statesAreReadableAndDistinct()
{
    for (const bool dark : {false, true}) {
        const QPalette palette = theme::makePalette(dark);
        QVERIFY(theme::contrast(palette.color(QPalette::Text), palette.color(QPalette::Base)) >= 4.5);
        QVERIFY(theme::contrast(theme::secondaryText(palette), palette.color(QPalette::Window)) >= 4.5);
        QVERIFY(theme::contrast(theme::secondaryText(palette), palette.color(QPalette::Highlight)) >= 4.5);
        QVERIFY(theme::contrast(palette.color(QPalette::PlaceholderText), palette.color(QPalette::Base)) >= 4.5);
        for (const auto hue :
             {theme::Hue::Good, theme::Hue::Busy, theme::Hue::Warning, theme::Hue::Bad, theme::Hue::Neutral}) {
            for (const auto role : {QPalette::Base, QPalette::Window, QPalette::Highlight}) {
                const QColor background = palette.color(role);
                QVERIFY(theme::contrast(theme::readable(theme::color(hue), background), background) >= 4.5);
            }
        }
    }
    // No two states of a worker share a shape.
    QList<theme::Shape> shapes;
    for (int state = 0; state <= int(WorkerState::Stopped); ++state) {
        const auto appearance = theme::appearance(WorkerState(state));
        QVERIFY(!appearance.text.isEmpty());
        QVERIFY(!shapes.contains(appearance.shape));
        shapes.append(appearance.shape);
    }
}

void TestModels::assessesOverallStatus()
{
    JobCounts three;
    three.pending = 3;
    const QHash<QString, JobCounts> waiting{{QStringLiteral("noop"), three}};
    const WorkerInfo idle = makeWorker(QStringLiteral("noop"), 0);
    const WorkerInfo dead = makeWorker(QStringLiteral("noop"), 1, WorkerState::Dead);
    QCOMPARE(assessOverallStatus({}, {}, {}).appearance.hue, theme::Hue::Neutral);
    QCOMPARE(assessOverallStatus({dead}, {}, waiting).appearance.hue, theme::Hue::Warning);
    QCOMPARE(assessOverallStatus({idle, dead}, {}, waiting).appearance.hue, theme::Hue::Good);
    QCOMPARE(
        assessOverallStatus({idle, makeWorker(QStringLiteral("noop"), 2, WorkerState::Hung)}, {}, {}).appearance.hue,
        theme::Hue::Bad);
    // Workers of other types are alive, but no worker can process the jobs of type drawio.
    const QHash<QString, JobCounts> unattended{{QStringLiteral("noop"), three}, {QStringLiteral("drawio"), three}};
    QCOMPARE(assessOverallStatus({idle}, {}, unattended).appearance.hue, theme::Hue::Warning);
    QVERIFY(assessOverallStatus({idle}, {}, unattended).appearance.text.contains(QStringLiteral("drawio")));
    PoolInfo pool;
    pool.name = QStringLiteral("drawio");
    pool.config.type = pool.name;
    pool.state = PoolState::Starting;
    QCOMPARE(assessOverallStatus({idle}, {pool}, unattended).appearance.hue, theme::Hue::Good);
    pool.state = PoolState::Stopped;
    pool.reason = QStringLiteral("because");
    QCOMPARE(assessOverallStatus({idle}, {pool}, unattended).detail, pool.reason);
    pool.state = PoolState::CrashLooping;
    QCOMPARE(assessOverallStatus({idle}, {pool}, {}).appearance.hue, theme::Hue::Bad);
    // Pools and workers of other managers have their full names.
    pool.managerId = QStringLiteral("id");
    pool.manager = QStringLiteral("run-4711");
    QCOMPARE(assessOverallStatus({idle}, {pool}, {}).appearance.text, QStringLiteral("drawio@run-4711 keeps crashing"));
    WorkerInfo hung = makeWorker(QStringLiteral("noop"), 2, WorkerState::Hung);
    hung.manager = QStringLiteral("run-4711");
    QCOMPARE(assessOverallStatus({hung}, {}, {}).appearance.text, QStringLiteral("noop-2@run-4711 is hung"));
}

QTEST_MAIN(TestModels)
#include "tst_models.moc"
