// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QSplitter;
class QTabWidget;
class QWidget;

namespace lifeguard {

class JobsPage;

/// The parts of the main window whose layout is saved in the user's settings: size and position, splitters, current page, and the columns
/// and sort orders of the tables.
struct WindowLayout
{
    QWidget *window;
    QSplitter *side;
    QSplitter *main;
    QTabWidget *tabs;
    JobsPage *jobs;

    void save() const;
    /// Restores the layout, or sets the initial size of the window if none was saved.
    void restore() const;
};

} // namespace lifeguard
