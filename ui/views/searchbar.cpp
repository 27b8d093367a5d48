// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/searchbar.h"

#include "ui/theme/theme.h"
#include "ui/views/searchfield.h"

#include <QHBoxLayout>
#include <QLabel>

namespace lifeguard {

namespace {

constexpr int maxFieldWidth = 360;

} // namespace

SearchBar::SearchBar(const QString &subject, const QString &placeholder, QAbstractItemView *table, QWidget *parent)
    : QWidget(parent)
    , m_field(new SearchField(subject + QStringLiteral("Search"), placeholder, table, this))
    , m_shown(new QLabel(this))
    , m_layout(new QHBoxLayout(this))
{
    m_field->setMaximumWidth(maxFieldWidth);
    m_shown->setObjectName(subject + QStringLiteral("sShown"));
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(theme::inside);
    m_layout->addWidget(m_field, 1);
    m_layout->addWidget(m_shown);
    m_layout->addStretch();
    m_shown->hide();
    setFocusProxy(m_field);
    connect(m_field, &SearchField::filterChanged, this, &SearchBar::filterChanged);
}

QString SearchBar::text() const
{
    return m_field->text().trimmed();
}

void SearchBar::addFilter(QWidget *filter)
{
    m_layout->insertWidget(m_layout->indexOf(m_shown), filter);
}

void SearchBar::setShownText(const QString &text)
{
    m_shown->setText(text);
    m_shown->setVisible(!text.isEmpty());
}

void SearchBar::focusSearch()
{
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
}

} // namespace lifeguard
