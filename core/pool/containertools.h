// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/pool/dockeroverview.h"

#include <QFuture>
#include <QObject>
#include <QString>
#include <QStringList>

namespace lifeguard {

class ContainerEngine;
class WorkerExecutor;
class WorkerTable;

/// The direct uses of Docker: lists images and inspects containers. The engine is contacted only by calls of these
/// functions.
class ContainerTools : public QObject
{
    Q_OBJECT

public:
    ContainerTools(const WorkerTable &workers, const WorkerExecutor &executor, ContainerEngine &engine,
                   QObject *parent = nullptr);

    /// Returns whether Docker can be used, and its images.
    [[nodiscard]] QFuture<DockerOverview> inspectDocker();
    /// Returns the complete description of a worker's container, as indented JSON. NotFound: the worker does not run in
    /// a container, or it has ended.
    [[nodiscard]] QFuture<Result<QString>> inspectWorker(const QString &executorId);
    /// Returns program and arguments that open a shell in a worker's container in a terminal window. NotFound as above;
    /// ToolMissing: the program docker or a terminal emulator is not installed.
    [[nodiscard]] Result<QStringList> shellCommand(const QString &executorId) const;

private:
    [[nodiscard]] Status checkContainer(const QString &executorId) const;

    const WorkerTable &m_workers;
    const WorkerExecutor &m_executor;
    ContainerEngine &m_engine;
};

} // namespace lifeguard
