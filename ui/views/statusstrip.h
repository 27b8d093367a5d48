// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/jobcounts.h"
#include "core/model/poolinfo.h"
#include "core/model/storesnapshot.h"
#include "core/model/workerinfo.h"
#include "ui/ratemeter.h"
#include "ui/theme/stateappearance.h"

#include <QFrame>

class QLabel;

namespace lifeguard {

/// The line at the top of the window: the overall status, the numbers of running, waiting and failed jobs, the
/// throughput, and the time until the queue is empty.
class StatusStrip : public QFrame
{
    Q_OBJECT

public:
    explicit StatusStrip(QWidget *parent = nullptr);

    void setWorkers(const QList<WorkerInfo> &workers);
    void setPools(const QList<PoolInfo> &pools);
    void setSnapshot(const StoreSnapshot &snapshot);
    /// Shows this instead of the overall status ("Opening…"); an empty text shows the overall status again.
    void setOverride(const theme::StateAppearance &appearance);
    /// Updates ages. Call it once per second.
    void refresh();

private:
    void showRate(const JobCounts &jobs, bool isPredictable);
    void setFact(QLabel *label, const QString &number, const QString &description, theme::Hue hue);

    QLabel *m_shape;
    QLabel *m_overall;
    QLabel *m_running;
    QLabel *m_waiting;
    QLabel *m_failed;
    QLabel *m_rate;
    QLabel *m_timeLeft;
    QList<WorkerInfo> m_workers;
    QList<PoolInfo> m_pools;
    StoreSnapshot m_snapshot;
    RateMeter m_rateMeter;
    bool m_hasOpenJobs = false; ///< jobs were waiting or running in the last snapshot
    theme::StateAppearance m_override;
};

} // namespace lifeguard
