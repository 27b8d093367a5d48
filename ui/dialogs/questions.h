// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/workerinfo.h"

#include <functional>

class QMessageBox;
class QWidget;

namespace lifeguard {

/// The questions before something that interrupts work. Their default button is Cancel; they delete themselves when closed.
/// Show them with open().
[[nodiscard]] QMessageBox *killQuestion(const QList<WorkerInfo> &workers, std::function<void()> kill, QWidget *parent);
[[nodiscard]] QMessageBox *quitQuestion(const QList<WorkerInfo> &workers, std::function<void()> quit, QWidget *parent);
/// Before another database is opened: path is the one to come. The button of AcceptRole stops the workers.
[[nodiscard]] QMessageBox *switchQuestion(const QList<WorkerInfo> &workers, const QString &path, QWidget *parent);
/// Before many jobs are cancelled, running of them being worked on.
[[nodiscard]] QMessageBox *cancelQuestion(qint64 jobs, qint64 running, std::function<void()> cancel, QWidget *parent);

} // namespace lifeguard
