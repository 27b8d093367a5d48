// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/jobcounts.h"
#include "core/model/poolinfo.h"
#include "core/model/storesnapshot.h"
#include "core/model/workerinfo.h"
#include "ui/ratemeter.h"
#include "ui/theme.h"

#include <QFrame>

class QLabel;

namespace lifeguard {

/// How things stand, in one look: pure, so that it can be tested without a window.
struct Overall
{
    theme::StateLook look;
    QString detail; ///< why, for the tooltip

    bool operator==(const Overall &) const = default;
};
/// counts: jobs by type.
[[nodiscard]] Overall assess(const QList<WorkerInfo> &workers, const QList<PoolInfo> &pools, const QHash<QString, JobCounts> &counts);

/// The line at the top: how things stand, running, waiting and the oldest, failed, rate, and when the queue will be empty.
class StatusStrip : public QFrame
{
    Q_OBJECT

public:
    explicit StatusStrip(QWidget *parent = nullptr);

    void setWorkers(const QList<WorkerInfo> &workers);
    void setPools(const QList<PoolInfo> &pools);
    void setSnapshot(const StoreSnapshot &snapshot);
    /// Replaces how things stand: "Opening…", "Stopping…"; without a word: back to it.
    void setOverride(const theme::StateLook &look);
    /// Ages have grown.
    void refresh();

private:
    void showRate(const JobCounts &jobs, bool stuck);
    void setFact(QLabel *label, const QString &number, const QString &word, theme::Hue hue);

    QLabel *m_shape;
    QLabel *m_overall;
    QLabel *m_running;
    QLabel *m_waiting;
    QLabel *m_failed;
    QLabel *m_rate;
    QLabel *m_empty;
    QList<WorkerInfo> m_workers;
    QList<PoolInfo> m_pools;
    StoreSnapshot m_snapshot;
    RateMeter m_meter;
    bool m_working = false; ///< something waited or ran at the last snapshot
    theme::StateLook m_override;
};

} // namespace lifeguard
