// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/recentdatabases.h"

#include <QDialog>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace lifeguard {

/// The dialog for opening or creating a database: its path, the workspace, and whether to open it read-only. Problems with the paths are
/// shown at once; the content of the file is checked when it is opened.
class OpenDatabaseDialog : public QDialog
{
    Q_OBJECT

public:
    /// folder is where the file dialogs start, and the base of relative paths.
    explicit OpenDatabaseDialog(const QString &folder, QWidget *parent = nullptr);

    [[nodiscard]] DatabaseChoice choice() const;

private:
    void chooseDatabase();
    void chooseWorkspace();
    void proposeWorkspace();
    void check();

    QString m_folder;
    QLineEdit *m_database;
    QLineEdit *m_workspace;
    QCheckBox *m_readOnly;
    QLabel *m_message;
    QPushButton *m_open;
    bool m_hasOwnWorkspace = false; ///< the user set the workspace; otherwise it follows the database
};

} // namespace lifeguard
