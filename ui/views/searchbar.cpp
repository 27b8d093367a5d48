// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/searchbar.h"

#include "ui/theme.h"
#include "ui/views/filterbox.h"

#include <QHBoxLayout>
#include <QLabel>

namespace lifeguard {

namespace {

constexpr int widestBox = 360;

} // namespace

SearchBar::SearchBar(const QString &what, const QString &placeholder, QAbstractItemView *table, QWidget *parent)
    : QWidget(parent)
    , m_box(new FilterBox(what + QStringLiteral("Search"), placeholder, table, this))
    , m_shown(new QLabel(this))
    , m_layout(new QHBoxLayout(this))
{
    m_box->setMaximumWidth(widestBox);
    m_shown->setObjectName(what + QStringLiteral("sShown"));
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(theme::inside);
    m_layout->addWidget(m_box, 1);
    m_layout->addWidget(m_shown);
    m_layout->addStretch();
    m_shown->hide();
    setFocusProxy(m_box);
    connect(m_box, &FilterBox::filterChanged, this, &SearchBar::filterChanged);
}

QString SearchBar::text() const
{
    return m_box->text().trimmed();
}

void SearchBar::add(QWidget *filter)
{
    m_layout->insertWidget(m_layout->indexOf(m_shown), filter);
}

void SearchBar::setShown(const QString &text)
{
    m_shown->setText(text);
    m_shown->setVisible(!text.isEmpty());
}

void SearchBar::focusSearch()
{
    m_box->setFocus(Qt::ShortcutFocusReason);
    m_box->selectAll();
}

} // namespace lifeguard
