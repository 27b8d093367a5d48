// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QSpinBox;

namespace lifeguard {

/// The fields of the launch dialog that are rarely needed: limits, when workers are replaced, and when they are considered hung.
class PoolPolicyFields : public QWidget
{
    Q_OBJECT

public:
    explicit PoolPolicyFields(QWidget *parent = nullptr);

    void setConfig(const WorkerConfig &config);
    /// Copies the values into the configuration.
    void writeTo(WorkerConfig &config) const;
    /// Sets the number of the row, which is part of the accessible names.
    void setRowNumber(int number);
    /// Returns whether any of these values differs from its default.
    [[nodiscard]] static bool differsFromDefaults(const WorkerConfig &config);

Q_SIGNALS:
    void changed();

private:
    QSpinBox *m_maxJobTime;
    QSpinBox *m_hungAfter;
    QCheckBox *m_restartHung;
    QComboBox *m_restart;
    QSpinBox *m_recycleJobs;
    QSpinBox *m_recycleMemory;
    QDoubleSpinBox *m_cpu;
    QSpinBox *m_openFiles;
    QCheckBox *m_detach;
};

} // namespace lifeguard
