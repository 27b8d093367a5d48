// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/jobcommands.h"

#include <QMenu>

namespace lifeguard {

/// The context menu of the jobs table: retry, cancel, open and copy for the selected jobs, and retry and cancel for all
/// jobs that match the filter. Disabled actions show the reason.
class JobsContextMenu : public QMenu
{
    Q_OBJECT

public:
    /// disabledReason is why jobs cannot be changed, as a clause without capital and full stop; empty if they can be
    /// changed.
    JobsContextMenu(JobCommands &commands, const JobsModel &model, const QString &disabledReason, QWidget *parent);

private:
    /// Returns the reason why an action that changes jobs is disabled.
    [[nodiscard]] QString changeDisabledReason(const QString &reason) const;
    void addRetry();
    void addRerun();
    void addCancel();
    void addOpen();
    void addCopy();
    void addMatching();
    [[nodiscard]] QString retryMatchingText() const;
    [[nodiscard]] QString cancelMatchingText() const;

    JobCommands &m_commands;
    const JobsModel &m_model;
    JobSelection m_selection;
    QString m_disabledReason;
};

} // namespace lifeguard
