// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/dialogs/launchpoolrow.h"

#include <QDialog>

#include <functional>

class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace lifeguard {

class InlineMessage;

/// The dialog for launching one or more pools. It begins with one pool for each type of waiting jobs that no running
/// pool processes. Pools that were launched are removed from the list; pools that could not be launched stay in the
/// list and show the reason. The last launch is remembered and offered again.
class LaunchPoolsDialog : public QDialog
{
    Q_OBJECT

public:
    /// Launches a pool, or returns why that failed.
    using Launch = std::function<Status(const WorkerConfig &)>;

    LaunchPoolsDialog(const LaunchContext &context, Launch launch, QWidget *parent = nullptr);

    /// Returns the configurations of all pools in the list.
    [[nodiscard]] QList<WorkerConfig> configs() const;

public Q_SLOTS:
    void accept() override;

private:
    void build();
    QWidget *buildHeading();
    LaunchPoolRow *addRow(const WorkerConfig &config);
    void removeRow(LaunchPoolRow *row);
    void clearRows();
    void addInitialRows();
    void updateRepeatButton();
    void updateState();
    void fitSize();
    void inspectDocker();

    LaunchContext m_context;
    Launch m_launch;
    QStringList m_types;
    QList<LaunchPoolRow *> m_rows;
    QList<WorkerConfig> m_lastLaunch;
    QList<WorkerConfig> m_launched; ///< by this dialog
    QScrollArea *m_scroll;
    QWidget *m_list;
    QVBoxLayout *m_listLayout;
    QPushButton *m_add;
    QPushButton *m_repeat;
    InlineMessage *m_trustMessage;
    InlineMessage *m_memoryMessage;
    QPushButton *m_ok;
    QTimer m_fitTimer;
    std::optional<DockerOverview> m_docker; ///< nothing while Docker is being inspected
    bool m_dockerInspected = false;
};

} // namespace lifeguard
