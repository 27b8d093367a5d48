// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"

#include <QFrame>

class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace lifeguard {

/// One pool in the dialog that launches several: its fields, and below them what is wrong or lacking, as it is typed.
class PoolRow : public QFrame
{
    Q_OBJECT

public:
    explicit PoolRow(const WorkerConfig &config, QWidget *parent = nullptr);

    [[nodiscard]] WorkerConfig config() const;
    [[nodiscard]] bool isValid() const { return m_errors.isEmpty(); }
    /// The pool was refused when it was to be launched.
    void setRefused(const QString &reason);
    void setNumber(int number, bool removable); ///< 1, 2, …: for screen readers
    void focusType();

Q_SIGNALS:
    void changed();
    void removeRequested();

private:
    void build();
    void check();
    void showMessage();
    void lookUpTools();

    QComboBox *m_type;
    QSpinBox *m_count;
    QComboBox *m_mode;
    QSpinBox *m_memory;
    QSpinBox *m_maxJobTime;
    QLineEdit *m_command;
    QToolButton *m_more;
    QToolButton *m_remove;
    QWidget *m_details;
    QLabel *m_message;
    QList<ConfigError> m_errors;
    QString m_missing; ///< what the type's tools lack
    QString m_refused;
    quint64 m_asked = 0; ///< look-ups of tools so far: old answers are dropped
};

} // namespace lifeguard
