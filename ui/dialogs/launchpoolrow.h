// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"
#include "ui/dialogs/launchcontext.h"

#include <QTimer>
#include <QWidget>

#include <array>
#include <optional>

class QComboBox;
class QFormLayout;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace lifeguard {

class DockerFields;
class InlineMessage;
class JobTypeBox;
class PoolPolicyFields;

/// A pool in the list of the launch dialog: type, number of workers, mode and memory limit; below them the fields that
/// are rarely needed, and messages. Values are checked while they are typed; checks that read from the disk run on
/// another thread.
class LaunchPoolRow : public QWidget
{
    Q_OBJECT

public:
    enum Column { TypeColumn, CountColumn, ModeColumn, MemoryColumn, MoreColumn, RemoveColumn, ColumnCount };

    LaunchPoolRow(const LaunchContext &context, const QStringList &types, QWidget *parent = nullptr);

    void setConfig(const WorkerConfig &config);
    [[nodiscard]] WorkerConfig config() const;
    /// Returns whether the pool can be launched.
    [[nodiscard]] bool isValid() const { return m_valid; }
    /// Shows why the launch failed, until a value is changed.
    void setLaunchError(const QString &text);
    /// Sets the number of the row, from 1, which is part of the accessible names.
    void setRowNumber(int number);
    /// Enables or disables the button that removes the row.
    void setRemovable(bool removable);
    /// Sets the state of Docker; nothing while Docker is being inspected.
    void setDocker(const std::optional<DockerOverview> &overview);
    void focusType();

    /// Returns the widths of the columns, for the rows and for the headings above them. 0 means the remaining width.
    [[nodiscard]] static std::array<int, ColumnCount> columnWidths(const QWidget &widget);

    /// Returns whether the workers will or may be processes on this machine.
    [[nodiscard]] bool mayRunDirect() const;

Q_SIGNALS:
    /// A value or the result of a check has changed.
    void changed();
    void removeRequested();
    /// The fields that are rarely needed were shown or hidden.
    void detailsToggled();
    /// The user requested another inspection of Docker.
    void dockerInspectionRequested();

private:
    void build();
    void onEdited();
    /// Shows errors and hints for the current values.
    void validate();
    void startCommandCheck();
    void setDetailsVisible(bool visible);
    void updateDockerFields();

    LaunchContext m_context;
    JobTypeBox *m_type;
    QSpinBox *m_count;
    QComboBox *m_mode;
    QSpinBox *m_memory;
    QToolButton *m_more;
    QToolButton *m_remove;
    QWidget *m_details;
    PoolPolicyFields *m_policy;
    DockerFields *m_docker;
    QToolButton *m_checkDocker;
    std::optional<DockerOverview> m_dockerOverview;
    QLineEdit *m_command;
    QLineEdit *m_outputRoots;
    QHash<QString, InlineMessage *> m_errors; ///< by field
    InlineMessage *m_dockerHint;
    InlineMessage *m_missingToolsMessage;
    InlineMessage *m_hint;
    InlineMessage *m_launchError;
    QTimer m_checkDelay; ///< from the last keystroke to the check of the command
    QTimer m_checkingTimer; ///< active while a check is running; on timeout, a message shows that
    QString m_checkedCommand; ///< type, command and mode that were checked last
    quint64 m_generation = 0; ///< of the checks: results of earlier ones are dropped
    // Results of the check; shown only if the workers run on this machine.
    QString m_commandProblem;
    QString m_missingTools;
    bool m_runsInContainers = false; ///< according to DockerHint
    QString m_commandText; ///< the text that setConfig() put into the field for the command
    WorkerConfig m_config; ///< as set by setConfig(), including the values for which the row has no fields
    bool m_valid = true;
};

} // namespace lifeguard
