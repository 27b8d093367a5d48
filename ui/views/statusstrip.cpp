// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/statusstrip.h"

#include "core/base/systemclock.h"
#include "ui/format.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSet>

#include <algorithm>

namespace lifeguard {

Overall assess(const QList<WorkerInfo> &workers, const QList<PoolInfo> &pools, const QHash<QString, JobCounts> &counts)
{
    using theme::Hue;
    using theme::Shape;
    int alive = 0;
    QSet<QString> attended; // types that somebody works for, or is about to
    for (const WorkerInfo &worker : workers) {
        if (worker.isAlive()) {
            ++alive;
            attended.insert(worker.type);
        }
        if (worker.state == WorkerState::Hung) {
            return {{Hue::Bad, Shape::Diamond, StatusStrip::tr("%1 is hung").arg(worker.name())}, worker.reason};
        }
    }
    for (const PoolInfo &pool : pools) {
        if (pool.state == PoolState::CrashLooping) {
            return {{Hue::Bad, Shape::Triangle, StatusStrip::tr("%1 keeps crashing").arg(pool.name)}, pool.reason};
        }
    }
    for (const WorkerInfo &worker : workers) {
        if (worker.state == WorkerState::Unknown) {
            return {{Hue::Warning, Shape::Question, StatusStrip::tr("Nothing is known of %1").arg(worker.name())}, worker.reason};
        }
        if (worker.state == WorkerState::Suspect) {
            return {{Hue::Warning, Shape::Triangle, StatusStrip::tr("%1 is suspect").arg(worker.name())}, worker.reason};
        }
    }
    for (const PoolInfo &pool : pools) {
        if (pool.state == PoolState::Paused) {
            return {{Hue::Busy, Shape::Bars, StatusStrip::tr("%1 is paused").arg(pool.name)},
                    StatusStrip::tr("Its workers claim nothing until you press Resume.")};
        }
    }
    JobCounts jobs;
    QStringList unattended;
    for (auto count = counts.cbegin(); count != counts.cend(); ++count) {
        jobs += count.value();
        if (count->pending > 0 && !attended.contains(count.key())) {
            unattended.append(count.key());
        }
    }
    unattended.sort();
    if (alive == 0 && jobs.pending > 0) {
        return {{Hue::Warning, Shape::Triangle, StatusStrip::tr("Jobs wait, nobody works")},
                StatusStrip::tr("No worker is alive to take the waiting jobs. Launch a pool.")};
    }
    if (alive == 0) {
        return {{Hue::Quiet, Shape::Square, StatusStrip::tr("Nothing runs")}, StatusStrip::tr("No worker is alive, no job waits.")};
    }
    for (const QString &type : std::as_const(unattended)) {
        const auto pool = std::find_if(pools.cbegin(), pools.cend(), [&type](const PoolInfo &known) { return known.config.type == type; });
        if (pool != pools.cend() && pool->state == PoolState::Starting) {
            continue;
        }
        return {{Hue::Warning, Shape::Triangle, StatusStrip::tr("Nobody works for %1").arg(type)},
                pool != pools.cend() && !pool->reason.isEmpty()
                    ? pool->reason
                    : StatusStrip::tr("Waiting jobs of type %1: %2. Launch a pool of that type.").arg(type).arg(counts.value(type).pending)};
    }
    return {{Hue::Well, Shape::Check, StatusStrip::tr("All well")}, {}};
}

StatusStrip::StatusStrip(QWidget *parent)
    : QFrame(parent)
    , m_shape(new QLabel(this))
    , m_overall(new QLabel(this))
    , m_running(new QLabel(this))
    , m_waiting(new QLabel(this))
    , m_failed(new QLabel(this))
    , m_rate(new QLabel(this))
    , m_empty(new QLabel(this))
{
    setObjectName(QStringLiteral("statusStrip"));
    setAccessibleName(tr("How things stand"));
    m_overall->setObjectName(QStringLiteral("overallLabel"));
    m_overall->setFont(theme::headingFont(font()));
    m_running->setObjectName(QStringLiteral("runningLabel"));
    m_waiting->setObjectName(QStringLiteral("waitingLabel"));
    m_failed->setObjectName(QStringLiteral("failedLabel"));
    m_rate->setObjectName(QStringLiteral("rateLabel"));
    m_empty->setObjectName(QStringLiteral("emptyInLabel"));
    m_rate->setToolTip(tr("Jobs finished, over the last minute or since the work began"));
    m_empty->setToolTip(tr("When no job will wait any more, at this rate"));

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::inside + theme::unit, theme::between, theme::inside + theme::unit);
    layout->setSpacing(0);
    layout->addWidget(m_shape);
    layout->addSpacing(theme::inside);
    layout->addWidget(m_overall);
    layout->addSpacing(2 * theme::between);
    for (QLabel *label : {m_running, m_waiting, m_failed, m_rate, m_empty}) {
        label->setTextFormat(Qt::RichText);
        layout->addWidget(label);
        layout->addSpacing(theme::between + theme::inside);
    }
    layout->addStretch();
    refresh();
}

void StatusStrip::setWorkers(const QList<WorkerInfo> &workers)
{
    m_workers = workers;
    refresh();
}

void StatusStrip::setPools(const QList<PoolInfo> &pools)
{
    m_pools = pools;
    refresh();
}

void StatusStrip::setSnapshot(const StoreSnapshot &snapshot)
{
    m_snapshot = snapshot;
    const JobCounts jobs = snapshot.total();
    const bool working = jobs.pending + jobs.processing > 0;
    if (working && !m_working) {
        m_meter.restart();
    }
    m_working = working;
    m_meter.add(SystemClock().steadyNow(), jobs.completed + jobs.failed);
    refresh();
}

void StatusStrip::setOverride(const theme::StateLook &look)
{
    m_override = look;
    refresh();
}

void StatusStrip::setFact(QLabel *label, const QString &number, const QString &word, theme::Hue hue)
{
    const QPalette colors = palette();
    const QColor ink = hue == theme::Hue::Quiet ? colors.color(QPalette::Text)
                                                : theme::readable(theme::color(hue), colors.color(QPalette::Base));
    label->setText(QStringLiteral("<span style=\"color:%1; font-weight:600\">%2</span>&nbsp;<span style=\"color:%3\">%4</span>")
                       .arg(ink.name(), number.toHtmlEscaped(), theme::secondaryText(colors).name(), word.toHtmlEscaped()));
}

void StatusStrip::refresh()
{
    const JobCounts jobs = m_snapshot.total();
    Overall overall = assess(m_workers, m_pools, m_snapshot.counts);
    const bool stuck = overall.look.shape == theme::Shape::Triangle; // some of the jobs nobody works on
    if (!m_override.word.isEmpty()) {
        overall = {m_override, {}};
    }
    const QColor base = palette().color(QPalette::Base);
    m_shape->setPixmap(theme::shapePixmap(overall.look.shape, overall.look.hue, base, 18, devicePixelRatio()));
    m_overall->setText(overall.look.word);
    m_overall->setToolTip(overall.detail);

    setFact(m_running, format::count(jobs.processing), tr("running"), jobs.processing ? theme::Hue::Busy : theme::Hue::Quiet);
    QString waiting = tr("waiting");
    if (jobs.pending > 0 && jobs.oldestPending.isValid()) {
        waiting += tr(", oldest %1").arg(format::duration(milliseconds(jobs.oldestPending.msecsTo(QDateTime::currentDateTimeUtc()))));
    }
    setFact(m_waiting, format::count(jobs.pending), waiting, theme::Hue::Quiet);
    m_waiting->setToolTip(jobs.pending > 0 ? tr("The oldest was added %1").arg(format::exactTime(jobs.oldestPending)) : QString());
    setFact(m_failed, format::count(m_snapshot.failedLastHour), tr("failed in 1 h"),
            m_snapshot.failedLastHour ? theme::Hue::Bad : theme::Hue::Quiet);
    showRate(jobs, stuck);
}

void StatusStrip::showRate(const JobCounts &jobs, bool stuck)
{
    const std::optional<double> measured = m_working ? m_meter.perSecond(SystemClock().steadyNow()) : std::nullopt;
    const QString rate = format::rate(measured.value_or(double(m_snapshot.completedLastMinute) / 60.0));
    const qsizetype blank = rate.indexOf(QLatin1Char(' '));
    setFact(m_rate, rate.left(blank), rate.mid(blank + 1), theme::Hue::Quiet);
    const double speed = measured.value_or(0.0);
    const bool predictable = jobs.pending > 0 && speed > 0 && !stuck;
    m_empty->setVisible(predictable);
    if (predictable) {
        const auto left = milliseconds(qint64(double(jobs.pending + jobs.processing) / speed * 1000.0));
        setFact(m_empty, format::duration(left), tr("until empty"), theme::Hue::Quiet);
    }
}

} // namespace lifeguard
