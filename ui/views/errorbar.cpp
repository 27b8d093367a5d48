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
    connect(m_close, &QToolButton::clicked, this, &QWidget::hide);
    hide();
}

void ErrorBar::showError(const Error &error)
{
    present(error.message, error.detail, true);
}

void ErrorBar::showNotice(const QString &text)
{
    present(text, {}, false);
}

void ErrorBar::withdraw(const QString &text)
{
    if (m_text->text() == text) {
        hide();
    }
}

QString ErrorBar::text() const
{
    return m_text->text();
}

void ErrorBar::present(const QString &text, const QString &detail, bool isError)
{
    const QColor hue = theme::color(isError ? theme::Hue::Bad : theme::Hue::Busy);
    QColor background = hue;
    background.setAlphaF(0.16F);
    setStyleSheet(QStringLiteral("QFrame#errorBar { background: %1; border: 0; border-bottom: 1px solid %2; }")
                      .arg(background.name(QColor::HexArgb), hue.name()));
    // Not our own palette: there the sheet's background, without its transparency, is the window's colour.
    m_icon->setPixmap(theme::shapePixmap(isError ? theme::Shape::Triangle : theme::Shape::Disc,
                                         theme::readable(hue, parentWidget()->palette().color(QPalette::Window), 3.0), 14, devicePixelRatio()));
    m_text->setText(text);
    m_text->setToolTip(detail);
    setAccessibleName(isError ? tr("Error: %1").arg(text) : tr("Note: %1").arg(text));
    show();
}

} // namespace lifeguard
