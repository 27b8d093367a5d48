// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/systemclock.h"
#include "core/model/job.h"
#include "core/store/database.h"
#include "core/store/jobqueue.h"
#include "core/store/workerregistry.h"
#include "tests/support/testhelpers.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace lifeguard::test {

/// Starts one of our programs.
std::unique_ptr<QProcess> startProgram(const QString &name, const QStringList &arguments, const QProcessEnvironment &environment, const QString &folder = {});
/// What a worker is told when its manager starts it: here by that name, on that database.
[[nodiscard]] QProcessEnvironment workerEnvironment(const QString &type, const QString &name, const QString &database, const QString &workspace);

/// A test of the real lifeguard-worker, with a new database for each of its functions: jobs.db in a folder which is also the
/// workspace.
class WorkerTest : public QObject
{
    Q_OBJECT

protected:
    using Environment = QList<QPair<const char *, QString>>;

    /// Starts a worker: the first is named w0, the next w1. more: variables of its environment that win.
    std::unique_ptr<QProcess> start(const QString &type, const Environment &more = {}, const QStringList &arguments = {});
    qint64 addNoop(int sleepMs, const QString &outputFile = {}, int priority = 0, const QString &hash = {});
    qint64 addDiagram(const QByteArray &text, const QString &outputFile);
    [[nodiscard]] Job job(qint64 id) { return m_queue->job(id).value_or(Job{}); }
    [[nodiscard]] QString status(qint64 id) { return toString(job(id).status); }
    /// As its row says; empty where it has none.
    [[nodiscard]] QString workerStatus(const QString &name);
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    /// What the worker has said since it was asked last.
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
