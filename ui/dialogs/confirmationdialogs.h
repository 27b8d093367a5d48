// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/poolinfo.h"
#include "core/model/workerinfo.h"

#include <functional>

class QMessageBox;
class QWidget;

namespace lifeguard {

// Dialogs that ask before work is interrupted. Their default button is Cancel. Show them with open(); they delete
// themselves when they are closed.

/// Creates the question before workers are killed. kill is called if the user confirms.
[[nodiscard]] QMessageBox *killConfirmation(const QList<WorkerInfo> &workers, std::function<void()> kill,
                                            QWidget *parent);
/// Creates the question before all workers of this window are stopped and the program quits. pools: those of all
/// managers; the question says which of them keep running.
[[nodiscard]] QMessageBox *quitConfirmation(const QList<WorkerInfo> &workers, const QList<PoolInfo> &pools,
                                            std::function<void()> quit, QWidget *parent);
/// Creates the question before the pools of several programs are stopped; it names them. stop is called if the user
/// confirms.
[[nodiscard]] QMessageBox *stopAllConfirmation(const QList<PoolInfo> &pools, std::function<void()> stop,
                                               QWidget *parent);
/// Creates the explanation how the history of a database is kept. edit is called if the user wants to edit the
/// configuration file.
[[nodiscard]] QMessageBox *keepHistoryHint(std::function<void()> edit, QWidget *parent);
/// Creates the question before all workers of this window are stopped and the database with this path is opened. pools:
/// as for quitConfirmation(). The button with AcceptRole confirms.
[[nodiscard]] QMessageBox *switchConfirmation(const QList<WorkerInfo> &workers, const QList<PoolInfo> &pools,
                                              const QString &path, QWidget *parent);
/// Creates the question before many jobs are cancelled; running is the number of jobs among them that are running.
[[nodiscard]] QMessageBox *cancelConfirmation(qint64 jobs, qint64 running, std::function<void()> cancel,
                                              QWidget *parent);

} // namespace lifeguard
