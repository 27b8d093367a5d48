// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/systemclock.h"
#include "core/model/job.h"
#include "core/store/database.h"
#include "core/store/jobqueue.h"
#include "core/store/jobreader.h"
#include "core/store/workerregistry.h"
#include "core/worker/workeroptions.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace lifeguard::test {

/// Starts one of Lifeguard's programs.
std::unique_ptr<QProcess> startProgram(const QString &name, const QStringList &arguments,
                                       const QProcessEnvironment &environment, const QString &folder = {});
/// Returns the environment that a manager gives to a worker with this name.
[[nodiscard]] QProcessEnvironment workerEnvironment(const QString &type, const QString &name, const QString &database,
                                                    const QString &workspace);

/// Returns the options of the noop worker w0.
[[nodiscard]] WorkerOptions noopWorkerOptions();

/// Base class of tests that start lifeguard-worker. Each test function has a new database, jobs.db, in a folder that is
/// also the workspace.
class WorkerTest : public QObject
{
    Q_OBJECT

protected:
    using Environment = QList<QPair<const char *, QString>>;

    /// Starts a worker: the first one is named w0, the next one w1. more: environment variables that override the usual
    /// ones.
    std::unique_ptr<QProcess> start(const QString &type, const Environment &more = {},
                                    const QStringList &arguments = {});
    /// Records workers as their manager does before it starts them. Without that, a worker with a manager refuses the
    /// database.
    void recordWorkers(const QStringList &names);
    qint64 addNoop(int sleepMs, const QString &outputFile = {}, int priority = 0, const QString &hash = {});
    qint64 addDiagram(const QByteArray &text, const QString &outputFile);
    [[nodiscard]] Job job(qint64 id) { return JobReader(*m_db).job(id).value_or(Job{}); }
    [[nodiscard]] QString status(qint64 id) { return toString(job(id).status); }
    /// Returns the status in the worker's row; empty if it has no row.
    [[nodiscard]] QString workerStatus(const QString &name);
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    /// Returns what the worker has logged since the last call.
    [[nodiscard]] static QByteArray logOf(QProcess &process) { return process.readAllStandardError(); }

    SystemClock m_clock;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Database> m_db;
    std::unique_ptr<JobQueue> m_queue;
    std::unique_ptr<WorkerRegistry> m_registry;

protected Q_SLOTS:
    void init();
    void cleanup();

private:
    int m_workers = 0;
};

} // namespace lifeguard::test

#define WAIT_FOR_END(process) QTRY_COMPARE_WITH_TIMEOUT((process)->state(), QProcess::NotRunning, patience)
