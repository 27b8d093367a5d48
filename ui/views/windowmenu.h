// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QMenu>

class QActionGroup;

namespace lifeguard {

/// The menu of the window: configuration file, theme, keyboard shortcuts, about, quit. Shows the list of shortcuts and
/// the about box itself.
class WindowMenu : public QMenu
{
    Q_OBJECT

public:
    explicit WindowMenu(QWidget *parent = nullptr);

    /// Marks the theme that is in use.
    void setTheme(theme::Mode mode);
    /// Returns the action that shows the keyboard shortcuts, so that its own shortcut can be added to the window.
    [[nodiscard]] QAction *shortcutsAction() const { return m_shortcuts; }

Q_SIGNALS:
    void configurationRequested();
    void themeRequested(lifeguard::theme::Mode mode);
    void quitRequested();

private:
    void addThemes();
    void showShortcuts();
    void showAbout();

    QActionGroup *m_themes;
    QAction *m_shortcuts;
};

} // namespace lifeguard
