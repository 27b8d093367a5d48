// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"
#include "core/pool/workerpoolmanager.h"

#include <QTimer>
#include <QWidget>

#include <array>
#include <functional>
#include <optional>

class QComboBox;
class QFormLayout;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace lifeguard {

class DockerFields;
class Note;
class PoolPolicyFields;

/// What the rows need to know of the window.
struct LaunchContext
{
    QString workspace; ///< absolute; commands are looked for from there
    QHash<QString, qint64> waiting; ///< how many jobs wait, by type
    QStringList served; ///< types that a pool here works on
    QStringList resting; ///< types of pools here that are stopped, or have given up
    /// Asks Docker what it has; tell is called once, later, unless context is gone by then. Empty: nobody can be asked.
    std::function<void(QObject *context, std::function<void(const DockerOverview &)> tell)> askDocker;
};

/// One pool to be launched, in the list of the dialog: type, count, mode, memory limit, and below it what is seldom needed and
/// what is wrong. Everything is checked as it is typed; what takes the disk is looked up on another thread.
class PoolRow : public QWidget
{
    Q_OBJECT

public:
    enum Column { TypeColumn, CountColumn, ModeColumn, MemoryColumn, MoreColumn, RemoveColumn, ColumnCount };

    PoolRow(const LaunchContext &context, const QStringList &types, QWidget *parent = nullptr);

    void setConfig(const WorkerConfig &config);
    [[nodiscard]] WorkerConfig config() const;
    /// Nothing in it forbids the launch.
    [[nodiscard]] bool isValid() const { return m_valid; }
    /// What the launch said; stays until something is changed.
    void setRefusal(const QString &text);
    /// For the names of the controls: the first is 1.
    void setNumber(int number);
    void setRemovable(bool removable);
    /// What Docker has; nothing while it is being asked.
    void setDocker(const std::optional<DockerOverview> &view);
    void focusType();

    /// The columns' widths, for the row and for the heading above it; 0: what is left.
    [[nodiscard]] static std::array<int, ColumnCount> columnWidths(const QWidget &widget);

    /// Its workers will be, or may be, processes of this machine.
    [[nodiscard]] bool runsHere() const;

Q_SIGNALS:
    void changed();
    void removeRequested();
    /// Shows or hides what is seldom needed.
    void folded();
    /// Docker is to be asked once more.
    void dockerWanted();

private:
    void build(const QStringList &types);
    void onEdited();
    void check();
    void markTypes();
    void lookUp();
    void showMore(bool more);
    void showDocker();

    LaunchContext m_context;
    QComboBox *m_type;
    QSpinBox *m_count;
    QComboBox *m_mode;
    QSpinBox *m_memory;
    QToolButton *m_more;
    QToolButton *m_remove;
    QWidget *m_details;
    PoolPolicyFields *m_policy;
    DockerFields *m_docker;
    QToolButton *m_askAgain;
    std::optional<DockerOverview> m_view;
    QLineEdit *m_command;
    QHash<QString, Note *> m_errors; ///< by field
    Note *m_dockerNote;
    Note *m_tools;
    Note *m_hint;
    Note *m_refusal;
    QTimer m_soon;
    QTimer m_looking; ///< until it is said that something is being looked up
    quint64 m_generation = 0;
    // What was found out about this machine; said only where the workers run on it.
    QString m_programProblem;
    QString m_missingTools;
    bool m_runsInContainers = false; ///< by what Docker has said
    QString m_commandText; ///< of m_rest.command, as it was filled in
    WorkerConfig m_rest; ///< what the row has no controls for
    bool m_valid = true;
};

} // namespace lifeguard
