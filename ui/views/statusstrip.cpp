// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/statusstrip.h"

#include "core/base/systemclock.h"
#include "ui/format.h"
#include "ui/theme/stateshapes.h"
#include "ui/theme/theme.h"
#include "ui/views/overallstatus.h"

#include <QHBoxLayout>
#include <QLabel>

namespace lifeguard {

StatusStrip::StatusStrip(QWidget *parent)
    : QFrame(parent)
    , m_shape(new QLabel(this))
    , m_overall(new QLabel(this))
    , m_running(new QLabel(this))
    , m_waiting(new QLabel(this))
    , m_failed(new QLabel(this))
    , m_rate(new QLabel(this))
    , m_timeLeft(new QLabel(this))
{
    setObjectName(QStringLiteral("statusStrip"));
    setAccessibleName(tr("Status"));
    m_overall->setObjectName(QStringLiteral("overallLabel"));
    m_overall->setFont(theme::headingFont(font()));
    m_running->setObjectName(QStringLiteral("runningLabel"));
    m_waiting->setObjectName(QStringLiteral("waitingLabel"));
    m_failed->setObjectName(QStringLiteral("failedLabel"));
    m_rate->setObjectName(QStringLiteral("rateLabel"));
    m_timeLeft->setObjectName(QStringLiteral("timeLeftLabel"));
    m_rate->setToolTip(tr("Jobs finished over the last minute, or since the work began"));
    m_timeLeft->setToolTip(tr("Time until no job is waiting or running, at the current rate"));

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::inside + theme::unit, theme::between, theme::inside + theme::unit);
    layout->setSpacing(0);
    layout->addWidget(m_shape);
    layout->addSpacing(theme::inside);
    layout->addWidget(m_overall);
    layout->addSpacing(2 * theme::between);
    for (QLabel *label : {m_running, m_waiting, m_failed, m_rate, m_timeLeft}) {
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
    const bool hasOpenJobs = jobs.pending + jobs.processing > 0;
    if (hasOpenJobs && !m_hasOpenJobs) {
        m_rateMeter.restart();
    }
    m_hasOpenJobs = hasOpenJobs;
    m_rateMeter.add(SystemClock().steadyNow(), jobs.completed + jobs.failed);
    refresh();
}

void StatusStrip::setOverride(const theme::StateAppearance &appearance)
{
    m_override = appearance;
    refresh();
}

void StatusStrip::setFact(QLabel *label, const QString &number, const QString &description, theme::Hue hue)
{
    const QPalette colors = palette();
    const QColor numberColor = hue == theme::Hue::Neutral ? colors.color(QPalette::Text)
                                                : theme::readable(theme::color(hue), colors.color(QPalette::Base));
    label->setText(QStringLiteral("<span style=\"color:%1; font-weight:600\">%2</span>&nbsp;<span style=\"color:%3\">%4</span>")
                       .arg(numberColor.name(), number.toHtmlEscaped(), theme::secondaryText(colors).name(), description.toHtmlEscaped()));
}

void StatusStrip::refresh()
{
    const JobCounts jobs = m_snapshot.total();
    OverallStatus status = assessOverallStatus(m_workers, m_pools, m_snapshot.counts);
    const bool isStuck = status.appearance.shape == theme::Shape::Triangle; // jobs are waiting that no worker can take
    if (!m_override.text.isEmpty()) {
        status = {m_override, {}};
    }
    const QColor base = palette().color(QPalette::Base);
    m_shape->setPixmap(theme::shapePixmap(status.appearance.shape, status.appearance.hue, base, 18, devicePixelRatio()));
    m_overall->setText(status.appearance.text);
    m_overall->setToolTip(status.detail);

    //: The number of running jobs is shown before this text.
    setFact(m_running, format::count(jobs.processing), tr("running"), jobs.processing ? theme::Hue::Busy : theme::Hue::Neutral);
    //: The number of waiting jobs is shown before this text.
    QString waiting = tr("waiting");
    if (jobs.pending > 0 && jobs.oldestPending.isValid()) {
        //: The number of waiting jobs is shown before this text. %1 is a duration, such as "14 s".
        waiting = tr("waiting, oldest %1")
                      .arg(format::duration(milliseconds(jobs.oldestPending.msecsTo(QDateTime::currentDateTimeUtc()))));
    }
    setFact(m_waiting, format::count(jobs.pending), waiting, theme::Hue::Neutral);
    m_waiting->setToolTip(jobs.pending > 0 ? tr("The oldest waiting job was added %1").arg(format::exactTime(jobs.oldestPending)) : QString());
    //: The number of jobs that failed in the last hour is shown before this text.
    setFact(m_failed, format::count(m_snapshot.failedLastHour), tr("failed in 1 h"),
            m_snapshot.failedLastHour ? theme::Hue::Bad : theme::Hue::Neutral);
    showRate(jobs, !isStuck);
}

void StatusStrip::showRate(const JobCounts &jobs, bool isPredictable)
{
    const std::optional<double> measured = m_hasOpenJobs ? m_rateMeter.perSecond(SystemClock().steadyNow()) : std::nullopt;
    const format::Rate rate = format::rate(measured.value_or(double(m_snapshot.completedLastMinute) / 60.0));
    setFact(m_rate, rate.number, rate.unit, theme::Hue::Neutral);
    const double speed = measured.value_or(0.0);
    const bool hasTimeLeft = jobs.pending > 0 && speed > 0 && isPredictable;
    m_timeLeft->setVisible(hasTimeLeft);
    if (hasTimeLeft) {
        const auto left = milliseconds(qint64(double(jobs.pending + jobs.processing) / speed * 1000.0));
        //: A duration is shown before this text.
        setFact(m_timeLeft, format::duration(left), tr("until empty"), theme::Hue::Neutral);
    }
}

} // namespace lifeguard
