// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"

#include <QDialog>
#include <QHash>

#include <functional>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace lifeguard {

/// Asks what pool to launch. Errors stand below the field that is wrong; the dialog closes when the launch was accepted.
class LaunchPoolDialog : public QDialog
{
    Q_OBJECT

public:
    /// Starts the pool, or says why not.
    using Launch = std::function<Status(const WorkerConfig &)>;

    explicit LaunchPoolDialog(Launch launch, QWidget *parent = nullptr);

    [[nodiscard]] WorkerConfig config() const;

public Q_SLOTS:
    void accept() override;

private:
    void addField(QFormLayout &form, const QString &field, const QString &label, QWidget *widget);
    void showErrors(const QList<ConfigError> &errors);
    void showTools();

    Launch m_launch;
    QComboBox *m_type;
    QSpinBox *m_count;
    QComboBox *m_mode;
    QSpinBox *m_memory;
    QSpinBox *m_maxJobTime;
    QLineEdit *m_command;
    QLabel *m_tools;
    QLabel *m_error;
    QPushButton *m_ok;
    QHash<QString, QLabel *> m_errors; ///< by field
};

} // namespace lifeguard
