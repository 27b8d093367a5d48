// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/pruningnotice.h"

#include "ui/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/stateshapes.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QToolButton>

namespace lifeguard {

namespace {

/// Returns what is deleted: "completed jobs older than 14 days, …".
QString deletedHistory(const RetentionConfig &retention)
{
    QStringList parts;
    const auto add = [&parts](const RetentionConfig::Duration &kept, const QString &text) {
        if (kept) {
            parts.append(text.arg(format::exactDuration(*kept)));
        }
    };
    //: %1 in these texts is a duration, "14 days"
    add(retention.completed, PruningNotice::tr("completed jobs older than %1"));
    add(retention.failed, PruningNotice::tr("failed and cancelled jobs older than %1"));
    add(retention.events, PruningNotice::tr("events older than %1"));
    add(retention.workers, PruningNotice::tr("ended workers older than %1"));
    add(retention.results, PruningNotice::tr("cached results not used for %1"));
    return parts.join(QStringLiteral(", "));
}

/// Returns the local time, as short as possible: "today at 14:30", "tomorrow at 14:30", "3 Dec 2026 at 14:30".
QString timeText(const QDateTime &time, const QDateTime &now)
{
    const QDateTime local = time.toLocalTime();
    const QString clock = local.toString(QStringLiteral("HH:mm"));
    const qint64 days = now.toLocalTime().date().daysTo(local.date());
    return days == 0 ? PruningNotice::tr("today at %1").arg(clock)
         : days == 1 ? PruningNotice::tr("tomorrow at %1").arg(clock)
                     //: %1 is a date, %2 a time
                     : PruningNotice::tr("%1 at %2").arg(QLocale().toString(local.date(), QLocale::ShortFormat), clock);
}

} // namespace

QString pruningText(const std::optional<RetentionConfig> &retention, const QDateTime &begins, const QDateTime &now)
{
    QStringList sentences;
    //: %1 is a time, "tomorrow at 14:30"
    sentences.append(
        begins > now
            ? PruningNotice::tr("Old history of this database will be deleted from %1 on.").arg(timeText(begins, now))
            : PruningNotice::tr("Old history of this database will be deleted within an hour."));
    if (!retention) {
        sentences.append(PruningNotice::tr(
            "The retention times of the program that runs the pools decide which jobs, events and results these are."));
    } else if (const QString deleted = deletedHistory(*retention); deleted.isEmpty()) {
        sentences.append(PruningNotice::tr(
            "The configuration of this window keeps everything, but other programs that use the database delete."));
    } else {
        //: %1 is a list
        sentences.append(PruningNotice::tr("This concerns %1.").arg(deleted));
        if (!retention->foreignJobs) {
            sentences.append(PruningNotice::tr("Jobs that other programs have added are kept."));
        }
    }
    sentences.append(PruningNotice::tr("Outputs are never deleted."));
    return sentences.join(QLatin1Char(' '));
}

PruningNotice::PruningNotice(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_delete(new QPushButton(tr("Delete now"), this))
    , m_keep(new QPushButton(tr("Keep history…"), this))
    , m_close(new QToolButton(this))
{
    setObjectName(QStringLiteral("pruningNotice"));
    m_text->setObjectName(QStringLiteral("pruningNoticeText"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_delete->setObjectName(QStringLiteral("pruningConsentButton"));
    m_keep->setObjectName(QStringLiteral("keepHistoryButton"));
    m_keep->setToolTip(tr("Shows how to keep the history"));
    m_close->setObjectName(QStringLiteral("pruningNoticeClose"));
    m_close->setAccessibleName(tr("Close message"));
    m_close->setToolTip(tr("Close. The history is deleted at the announced time."));
    m_close->setIcon(theme::icon(QStringLiteral("window-close"), palette()));
    m_close->setAutoRaise(true);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::inside, theme::inside, theme::inside);
    layout->setSpacing(theme::inside);
    layout->addWidget(m_icon, 0, Qt::AlignVCenter);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_delete, 0, Qt::AlignVCenter);
    layout->addWidget(m_keep, 0, Qt::AlignVCenter);
    layout->addWidget(m_close, 0, Qt::AlignVCenter);
    connect(m_delete, &QPushButton::clicked, this, &PruningNotice::consentRequested);
    connect(m_keep, &QPushButton::clicked, this, &PruningNotice::keepRequested);
    connect(m_close, &QToolButton::clicked, this, [this] {
        m_closed = m_begins;
        showAnnouncement();
    });
    const QColor color = theme::color(theme::Hue::Warning);
    QColor background = color;
    background.setAlphaF(0.16F);
    setStyleSheet(QStringLiteral("QFrame#pruningNotice { background: %1; border: 0; border-bottom: 1px solid %2; }")
                      .arg(background.name(QColor::HexArgb), color.name()));
    hide();
    setDisabledReason({});
}

void PruningNotice::setAnnouncement(const QDateTime &begins, const std::optional<RetentionConfig> &retention)
{
    m_begins = begins;
    m_retention = retention;
    showAnnouncement();
}

void PruningNotice::setDisabledReason(const QString &reason)
{
    m_delete->setEnabled(reason.isEmpty());
    m_delete->setToolTip(reason.isEmpty()
                             ? tr("Agree to the deletion. It begins at once, in small steps that do not delay workers.")
                             : format::sentence(reason));
}

void PruningNotice::setReadOnly(bool isReadOnly)
{
    m_delete->setVisible(!isReadOnly);
}

void PruningNotice::showAnnouncement()
{
    const bool isShown = m_begins.isValid() && m_begins != m_closed;
    if (isShown) {
        const QString text = pruningText(m_retention, m_begins, QDateTime::currentDateTimeUtc());
        if (m_text->text() != text) { // otherwise keep the selection of the text
            m_text->setText(text);
        }
        m_text->setToolTip(format::exactTime(m_begins));
        setAccessibleName(tr("Notice: %1").arg(text));
        // Not the palette of the notice itself, where the opaque background of the style sheet is the window colour.
        m_icon->setPixmap(theme::shapePixmap(theme::Shape::Triangle, theme::Hue::Warning,
                                             parentWidget()->palette().color(QPalette::Window), 14,
                                             devicePixelRatio()));
    }
    setVisible(isShown);
}

} // namespace lifeguard
