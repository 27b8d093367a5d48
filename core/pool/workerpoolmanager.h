// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/executor/workerexecutor.h"
#include "core/health/healthmonitor.h"
#include "core/pool/poolinfo.h"
#include "core/pool/restartpolicy.h"
#include "core/store/records.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QTimer>

#include <memory>

namespace lifeguard {

class BeatFile;
class Store;

/// Where a manager finds programs and keeps its files.
struct ManagerPaths
{
    QString workerProgram; ///< lifeguard-worker; empty: beside this program, then in PATH
    QString workspace; ///< absolute
    QString logFolder; ///< empty: <state>/lifeguard/logs
    QString runtimeFolder; ///< for the beat file; empty: <state>/lifeguard/run
};

/// Owns pools: keeps each at its count, replaces what dies, stops what is not wanted, returns the jobs of the dead, and
/// tells what it knows as values. Lives on the GUI (or main) thread and never waits: everything is a signal or a future.
/// With a read-only store it only watches: no pool can be started.
class WorkerPoolManager : public QObject
{
    Q_OBJECT

public:
    WorkerPoolManager(Store &store, const Clock &clock, ManagerPaths paths, QObject *parent = nullptr);
    ~WorkerPoolManager() override;

    /// Registers this manager in the database and cleans up after earlier ones. Call after Store::open() succeeded;
    /// ready() or failed() follows.
    void start();

    // Commands. Each answers by signals.
    /// Adds a pool and starts its workers; the error names the field that is wrong. Answers the pool's name.
    Result<QString> startPool(const WorkerConfig &config);
    /// Starts a stopped or crash-looping pool again, with its count.
    void restartPool(const QString &name);
    /// Stops all workers of the pool; the pool stays in the list, stopped.
    void stopPool(const QString &name);
    /// Stops and forgets a pool.
    void removePool(const QString &name);
    void setPoolCount(const QString &name, int count);
    /// TERM, grace, KILL; the pool's count goes down by one.
    void stopWorker(const QString &executorId);
    /// KILL now; the pool replaces it and its job runs again.
    void killWorker(const QString &executorId);
    /// Stops every pool; allStopped() follows when no worker is left. With grace 0 they are killed at once.
    void stopAll(std::optional<seconds> grace = {});

    [[nodiscard]] QList<PoolInfo> pools() const;
    [[nodiscard]] QList<WorkerInfo> workers() const;
    [[nodiscard]] bool hasLiveWorkers() const;
    [[nodiscard]] QString managerId() const { return m_managerId; }

Q_SIGNALS:
    void ready();
    void failed(const lifeguard::Error &error);
    /// The whole list, after any change; at most every 50 ms, and once a second for ages and loads.
    void workersChanged(const QList<lifeguard::WorkerInfo> &workers);
    void poolsChanged(const QList<lifeguard::PoolInfo> &pools);
    /// Something happened that is also written to the event log.
    void eventHappened(const lifeguard::Event &event);
    void allStopped();

