// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/workerinfo.h"

#include <QCoreApplication>
#include <QKeySequence>
#include <QList>

class QAction;
class QMenu;

namespace lifeguard {

class WorkersPage;

/// Fills the context menu of the workers table: stop, drain, kill, diagnose, the actions for containers, log and copy
/// for the selected workers. The actions emit the signals of the page. Disabled actions show the reason.
class WorkersContextMenu
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::WorkersContextMenu)

public:
    /// Both must outlive this object, and the page must outlive the menu.
    WorkersContextMenu(QMenu &menu, WorkersPage &page);

    /// disabledReason: why no worker can be controlled, as a clause without capital and full stop; empty if workers can
    /// be controlled.
    void fill(const QString &disabledReason);

    /// The shortcut of Diagnose. The page handles it; the menu only displays it.
    [[nodiscard]] static QKeySequence diagnoseKeys();

private:
    void addEndActions(const QString &disabledReason);
    void addDiagnose();
    void addContainerActions();
    void addShowLog();
    void addCopyId();
    /// Returns the executor id of the worker to which the single-worker actions apply: the worker in the details if it
    /// is selected, otherwise the first selected worker.
    [[nodiscard]] QString singleTarget() const;

    QMenu &m_menu;
    WorkersPage *m_page;
    QList<WorkerInfo> m_selected;
    QString m_target; ///< see singleTarget(); empty: none
};

/// Returns why the worker cannot be stopped or killed from here, as a clause without capital and full stop; empty if it
/// can be.
[[nodiscard]] QString uncontrollableReason(const WorkerInfo &worker);

} // namespace lifeguard
