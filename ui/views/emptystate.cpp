// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/emptystate.h"

#include "ui/theme/palette.h"
#include "ui/theme/theme.h"

#include <QAbstractItemView>
#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace lifeguard {

EmptyState::EmptyState(QAbstractItemView *view, const QString &title, const QString &text, const QString &button)
    : QWidget(view->viewport())
    , m_view(view)
    , m_title(new QLabel(title, this))
    , m_text(new QLabel(text, this))
    , m_button(new QPushButton(button, this))
    , m_hasButton(!button.isEmpty())
{
    setObjectName(view->objectName() + QStringLiteral("Empty"));
    m_button->setObjectName(view->objectName() + QStringLiteral("EmptyButton"));
    m_button->setAccessibleName(button);
    m_button->setVisible(m_hasButton);
    m_title->setFont(theme::headingFont(font()));
    m_title->setAlignment(Qt::AlignCenter);
    m_title->setWordWrap(true);
    m_text->setAlignment(Qt::AlignCenter);
    m_text->setWordWrap(true);
    QPalette secondary = palette();
    secondary.setColor(QPalette::WindowText, theme::secondaryText(secondary));
    m_text->setPalette(secondary);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::between, theme::between, theme::between);
    layout->setSpacing(theme::inside);
    layout->addStretch(2);
    layout->addWidget(m_title);
    layout->addWidget(m_text);
    layout->addSpacing(theme::inside);
    layout->addWidget(m_button, 0, Qt::AlignHCenter);
    layout->addStretch(3);

    connect(m_button, &QPushButton::clicked, this, &EmptyState::activated);
    view->viewport()->installEventFilter(this);
    QAbstractItemModel *model = view->model();
    connect(model, &QAbstractItemModel::rowsInserted, this, &EmptyState::updateVisibility);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &EmptyState::updateVisibility);
    connect(model, &QAbstractItemModel::modelReset, this, &EmptyState::updateVisibility);
    updateVisibility();
}

void EmptyState::setTexts(const QString &title, const QString &text, bool withButton)
{
    m_title->setText(title);
    m_text->setText(text);
    m_button->setVisible(withButton && m_hasButton);
}

void EmptyState::setDisabledReason(const QString &reason)
{
    m_button->setEnabled(reason.isEmpty());
    m_button->setToolTip(reason);
}

bool EmptyState::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize || event->type() == QEvent::Show) {
        updateVisibility();
    }
    return QWidget::eventFilter(watched, event);
}

void EmptyState::updateVisibility()
{
    setGeometry(m_view->viewport()->rect());
    setVisible(m_view->model()->rowCount() == 0);
}

} // namespace lifeguard
