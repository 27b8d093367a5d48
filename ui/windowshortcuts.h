// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QKeySequence;
class QTabWidget;
class QWidget;

namespace lifeguard {

class DetailPane;
class EventsPage;
class JobsPage;
class PoolsPanel;
class WorkersPage;

/// The keyboard shortcuts with which the user moves between the parts of the main window and quits. The shortcuts of
/// single commands are those of CommandBar and of the pages.
class WindowShortcuts : public QObject
{
    Q_OBJECT

public:
    /// The parts of the window that the shortcuts lead to. The pages are pages of the tabs.
    struct Parts
    {
        PoolsPanel *pools;
        QTabWidget *tabs;
        WorkersPage *workers;
        JobsPage *jobs;
        EventsPage *events;
        DetailPane *detail;
    };

    /// Adds the shortcuts to the window, which becomes the parent of this object. The parts must outlive it.
    WindowShortcuts(const Parts &parts, QWidget *window);

private:
    template<typename Slot>
    void add(const QKeySequence &keys, QWidget *window, Slot slot);
    /// Moves the focus to the search field of the pane or page that the user works in.
    void focusSearch();
    /// Moves the focus from the pools to the table, to the details, and back.
    void focusNextPane();

    Parts m_parts;
};

} // namespace lifeguard
