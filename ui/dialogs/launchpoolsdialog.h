// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"

#include <QDialog>

#include <functional>

class QLabel;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace lifeguard {

class PoolRow;

/// Asks which pools to launch, one or several at once. What is wrong or lacking stands in its row while it is typed; pools
/// that were refused stay in the dialog with the reason, those that were launched leave it.
class LaunchPoolsDialog : public QDialog
{
    Q_OBJECT

public:
    /// Starts a pool, or says why not.
    using Launch = std::function<Status(const WorkerConfig &)>;

    /// offered: what stands in the rows at first; empty: what was launched last, else two workers for plantuml.
    LaunchPoolsDialog(QList<WorkerConfig> offered, Launch launch, QWidget *parent = nullptr);

    [[nodiscard]] QList<WorkerConfig> configs() const;

public Q_SLOTS:
    void accept() override;

private:
    PoolRow *addRow(const WorkerConfig &config);
    void removeRow(PoolRow *row);
    void onChanged();

    Launch m_launch;
    QList<PoolRow *> m_rows;
    QVBoxLayout *m_list;
    QScrollArea *m_scroll;
    QPushButton *m_ok;
};

/// What was launched last, for the next time. Kept in the user's settings.
[[nodiscard]] QList<WorkerConfig> lastLaunched();
void rememberLaunched(const QList<WorkerConfig> &configs);

} // namespace lifeguard
