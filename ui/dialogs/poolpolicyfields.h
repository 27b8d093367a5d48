// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/workerconfig.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QSpinBox;

namespace lifeguard {

/// The seldom needed part of a pool to be launched: its limits, when its workers are replaced, and when they are hung.
class PoolPolicyFields : public QWidget
{
    Q_OBJECT

public:
    explicit PoolPolicyFields(QWidget *parent = nullptr);

    void setConfig(const WorkerConfig &config);
    void writeTo(WorkerConfig &config) const;
    /// For the names of the controls.
    void setNumber(int number);
    /// Whether anything in it differs from the defaults.
    [[nodiscard]] static bool isUnusual(const WorkerConfig &config);

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
