// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/messagebar.h"

#include "ui/theme/icons.h"
#include "ui/theme/stateshapes.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace lifeguard {

MessageBar::MessageBar(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_action(new QPushButton(this))
    , m_close(new QToolButton(this))
{
    setObjectName(QStringLiteral("messageBar"));
    m_text->setObjectName(QStringLiteral("messageBarText"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_action->setObjectName(QStringLiteral("messageBarAction"));
    m_action->setAccessibleName(tr("No action"));
    m_close->setObjectName(QStringLiteral("messageBarClose"));
    m_close->setAccessibleName(tr("Close message"));
    m_close->setToolTip(tr("Close"));
    m_close->setIcon(theme::icon(QStringLiteral("window-close"), palette()));
    m_close->setAutoRaise(true);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::inside, theme::inside, theme::inside);
    layout->setSpacing(theme::inside);
    layout->addWidget(m_icon, 0, Qt::AlignVCenter);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_action, 0, Qt::AlignVCenter);
    layout->addWidget(m_close, 0, Qt::AlignVCenter);
    connect(m_close, &QToolButton::clicked, this, [this] { remove(m_text->text()); });
    connect(m_action, &QPushButton::clicked, this, [this] {
        const std::function<void()> action = m_entries.last().action; // a copy: the action may remove the entry
        action();
    });
    hide();
}

void MessageBar::showError(const Error &error)
{
    add({error.message, error.detail, true, {}, {}});
}

void MessageBar::showErrorWithAction(const Error &error, const QString &actionText, std::function<void()> action)
{
    add({error.message, error.detail, true, actionText, std::move(action)});
}

void MessageBar::showNotice(const QString &text)
{
    add({text, {}, false, {}, {}});
}

void MessageBar::removeNotice(const QString &text)
{
    remove(text);
}

QString MessageBar::text() const
{
    return m_text->text();
}

void MessageBar::add(const Entry &entry)
{
    constexpr qsizetype maxEntries = 20;
    Entry added = entry;
    for (const Entry &earlier : std::as_const(m_entries)) {
        if (earlier.text == added.text && added.actionText.isEmpty()) { // another part reports the same error
            added.actionText = earlier.actionText;
            added.action = earlier.action;
        }
    }
    m_entries.removeIf([&added](const Entry &earlier) { return earlier.text == added.text; });
    m_entries.append(added);
    if (m_entries.size() > maxEntries) {
        m_entries.removeFirst();
    }
    showNewest();
}

void MessageBar::remove(const QString &text)
{
    if (m_entries.removeIf([&text](const Entry &entry) { return entry.text == text; }) > 0) {
        showNewest();
    }
}

void MessageBar::showNewest()
{
    if (m_entries.isEmpty()) {
        hide();
        return;
    }
    const Entry &entry = m_entries.last();
    const theme::Hue hue = entry.isError ? theme::Hue::Bad : theme::Hue::Busy;
    const QColor color = theme::color(hue);
    QColor background = color;
    background.setAlphaF(0.16F);
    setStyleSheet(QStringLiteral("QFrame#messageBar { background: %1; border: 0; border-bottom: 1px solid %2; }")
                      .arg(background.name(QColor::HexArgb), color.name()));
    // Not the palette of the bar itself, where the opaque background of the style sheet is the window colour.
    const QColor window = parentWidget()->palette().color(QPalette::Window);
    m_icon->setPixmap(theme::shapePixmap(entry.isError ? theme::Shape::Triangle : theme::Shape::Disc, hue, window, 14,
                                         devicePixelRatio()));
    m_text->setText(entry.text);
    m_text->setToolTip(entry.detail);
    m_action->setText(entry.actionText);
    m_action->setAccessibleName(entry.actionText.isEmpty() ? tr("No action") : entry.actionText);
    m_action->setVisible(!entry.actionText.isEmpty());
    m_close->setToolTip(
        m_entries.size() > 1
            ? tr("Close, and show the previous message: %1").arg(m_entries.at(m_entries.size() - 2).text)
            : tr("Close"));
    setAccessibleName(entry.isError ? tr("Error: %1").arg(entry.text) : tr("Notice: %1").arg(entry.text));
    show();
}

} // namespace lifeguard
