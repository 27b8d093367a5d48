// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/dialogs/poolrow.h"

#include <QDialog>

#include <functional>

class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace lifeguard {

class Note;

/// Asks which pools to launch, several at once. Starts with one for each type that jobs wait for and no pool works on. What is
/// launched leaves the list; what is refused stays with its reason. Keeps what was launched last, and offers it the next time.
class LaunchPoolsDialog : public QDialog
{
    Q_OBJECT

public:
    /// Starts the pool, or says why not.
    using Launch = std::function<Status(const WorkerConfig &)>;

    LaunchPoolsDialog(const LaunchContext &context, Launch launch, QWidget *parent = nullptr);

    [[nodiscard]] QList<WorkerConfig> configs() const;

public Q_SLOTS:
    void accept() override;

private:
    void build();
    QWidget *buildHeading();
    PoolRow *addRow(const WorkerConfig &config);
    void removeRow(PoolRow *row);
    void clearRows();
    void fillIn();
    void offerLast();
    void showState();
    void fitSize();
    void askDocker();

    LaunchContext m_context;
    Launch m_launch;
    QStringList m_types;
    QList<PoolRow *> m_rows;
    QList<WorkerConfig> m_last; ///< launched the last time
    QList<WorkerConfig> m_launched; ///< by this dialog
    QScrollArea *m_scroll;
    QWidget *m_list;
    QVBoxLayout *m_listLayout;
    QPushButton *m_add;
    QPushButton *m_again;
    Note *m_trust;
    Note *m_memory;
    QPushButton *m_ok;
    QTimer m_fit;
    std::optional<DockerOverview> m_docker; ///< nothing: it is being asked
    bool m_dockerAsked = false;
};

} // namespace lifeguard
