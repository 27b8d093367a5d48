// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/errorbar.h"

#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace lifeguard {

ErrorBar::ErrorBar(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_close(new QToolButton(this))
{
    setObjectName(QStringLiteral("errorBar"));
    m_text->setObjectName(QStringLiteral("errorBarText"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_close->setObjectName(QStringLiteral("errorBarClose"));
    m_close->setAccessibleName(tr("Close this message"));
    m_close->setToolTip(tr("Close"));
    m_close->setIcon(theme::icon(QStringLiteral("window-close"), palette()));
    m_close->setAutoRaise(true);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::inside, theme::inside, theme::inside);
    layout->setSpacing(theme::inside);
    layout->addWidget(m_icon, 0, Qt::AlignVCenter);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_close, 0, Qt::AlignVCenter);
    connect(m_close, &QToolButton::clicked, this, [this] { remove(m_text->text()); });
    hide();
}

void ErrorBar::showError(const Error &error)
{
    add({error.message, error.detail, true});
}

void ErrorBar::showNotice(const QString &text)
{
    add({text, {}, false});
}

void ErrorBar::withdraw(const QString &text)
{
    remove(text);
}

QString ErrorBar::text() const
{
    return m_text->text();
}

void ErrorBar::add(const Message &message)
{
    constexpr qsizetype keptAtMost = 20;
    remove(message.text);
    m_messages.append(message);
    if (m_messages.size() > keptAtMost) {
        m_messages.removeFirst();
    }
    present();
}

void ErrorBar::remove(const QString &text)
{
    if (m_messages.removeIf([&text](const Message &message) { return message.text == text; }) > 0) {
        present();
    }
}

void ErrorBar::present()
{
    if (m_messages.isEmpty()) {
        hide();
        return;
    }
    const Message &message = m_messages.last();
    const theme::Hue named = message.isError ? theme::Hue::Bad : theme::Hue::Busy;
    const QColor hue = theme::color(named);
    QColor background = hue;
    background.setAlphaF(0.16F);
    setStyleSheet(QStringLiteral("QFrame#errorBar { background: %1; border: 0; border-bottom: 1px solid %2; }")
                      .arg(background.name(QColor::HexArgb), hue.name()));
    // Not our own palette: there the sheet's background, without its transparency, is the window's colour.
    const QColor window = parentWidget()->palette().color(QPalette::Window);
    m_icon->setPixmap(theme::shapePixmap(message.isError ? theme::Shape::Triangle : theme::Shape::Disc, named, window, 14, devicePixelRatio()));
    m_text->setText(message.text);
    m_text->setToolTip(message.detail);
    m_close->setToolTip(m_messages.size() > 1 ? tr("Close; before it: %1").arg(m_messages.at(m_messages.size() - 2).text) : tr("Close"));
    setAccessibleName(message.isError ? tr("Error: %1").arg(message.text) : tr("Note: %1").arg(message.text));
    show();
}

} // namespace lifeguard
