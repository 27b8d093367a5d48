// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/recentdatabases.h"

#include <QDialog>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace lifeguard {

/// Asks which database to open, with which workspace, and whether only to watch it. What is wrong with the choice is said
/// before OK; the file itself is looked into when it is opened.
class OpenDatabaseDialog : public QDialog
{
    Q_OBJECT

public:
    /// folder: where the choosers begin.
    explicit OpenDatabaseDialog(const QString &folder, QWidget *parent = nullptr);

    [[nodiscard]] DatabaseChoice choice() const;

private:
    void chooseDatabase();
    void chooseWorkspace();
    void followDatabase();
    void check();

    QString m_folder;
    QLineEdit *m_database;
    QLineEdit *m_workspace;
    QCheckBox *m_readOnly;
    QLabel *m_note;
    QPushButton *m_open;
    bool m_workspaceTyped = false; ///< else it follows the database
};

} // namespace lifeguard
