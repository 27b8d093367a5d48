// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/workerinfo.h"

#include <functional>

class QMessageBox;
class QWidget;

namespace lifeguard {

// Dialogs that ask before work is interrupted. Their default button is Cancel. Show them with open(); they delete themselves when they are
// closed.

/// Creates the question before workers are killed. kill is called if the user confirms.
[[nodiscard]] QMessageBox *killConfirmation(const QList<WorkerInfo> &workers, std::function<void()> kill, QWidget *parent);
/// Creates the question before all workers are stopped and the program quits.
[[nodiscard]] QMessageBox *quitConfirmation(const QList<WorkerInfo> &workers, std::function<void()> quit, QWidget *parent);
/// Creates the question before all workers are stopped and the database with this path is opened. The button with AcceptRole confirms.
[[nodiscard]] QMessageBox *switchConfirmation(const QList<WorkerInfo> &workers, const QString &path, QWidget *parent);
/// Creates the question before many jobs are cancelled; running is the number of jobs among them that are running.
[[nodiscard]] QMessageBox *cancelConfirmation(qint64 jobs, qint64 running, std::function<void()> cancel, QWidget *parent);

} // namespace lifeguard
