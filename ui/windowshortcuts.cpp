// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/windowshortcuts.h"

#include "ui/views/detailpane.h"
#include "ui/views/eventspage.h"
#include "ui/views/jobspage.h"
#include "ui/views/poolspanel.h"
#include "ui/views/workerspage.h"

#include <QApplication>
#include <QShortcut>
#include <QTabWidget>

namespace lifeguard {

WindowShortcuts::WindowShortcuts(const Parts &parts, QWidget *window) : QObject(window), m_parts(parts)
{
    add(QKeySequence::Find, window, [this] { focusSearch(); });
    add(QKeySequence::Quit, window, [window] { window->close(); });
    add(QKeySequence(Qt::Key_F6), window, [this] { focusNextPane(); });
    for (int page = 0; page < m_parts.tabs->count(); ++page) {
        add(QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + page)), window,
            [this, page] { m_parts.tabs->setCurrentIndex(page); });
    }
}

template<typename Slot>
void WindowShortcuts::add(const QKeySequence &keys, QWidget *window, Slot slot)
{
    connect(new QShortcut(keys, window), &QShortcut::activated, this, slot);
}

void WindowShortcuts::focusSearch()
{
    const QWidget *focused = QApplication::focusWidget();
    if (focused && m_parts.detail->isAncestorOf(focused)) {
        m_parts.detail->focusLogSearch();
    } else if (m_parts.tabs->currentWidget() == m_parts.jobs) {
        m_parts.jobs->focusSearch();
    } else if (m_parts.tabs->currentWidget() == m_parts.events) {
        m_parts.events->focusSearch();
    } else {
        m_parts.workers->focusSearch();
    }
}

void WindowShortcuts::focusNextPane()
{
    const QList<QWidget *> panes{m_parts.pools, m_parts.tabs, m_parts.detail};
    const QWidget *focused = QApplication::focusWidget();
    qsizetype next = 0;
    for (qsizetype i = 0; i < panes.size(); ++i) {
        if (focused && panes.at(i)->isAncestorOf(focused)) {
            next = (i + 1) % panes.size();
        }
    }
    QWidget *pane = panes.at(next);
    for (QWidget *widget = pane->nextInFocusChain(); widget && pane->isAncestorOf(widget);
         widget = widget->nextInFocusChain()) {
        if (widget->isVisible() && widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus)) {
            widget->setFocus(Qt::ShortcutFocusReason);
            return;
        }
    }
}

} // namespace lifeguard
