// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/jobplanner.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QListWidget;
class QPushButton;
class QSpinBox;
class QTimer;
class QTreeWidget;

namespace lifeguard {

/// Asks what to convert, and shows what would be made before anything is.
class AddJobsDialog : public QDialog
{
    Q_OBJECT

public:
    explicit AddJobsDialog(const QString &workspace, QWidget *parent = nullptr);

    void addPaths(const QStringList &paths);
    /// What was shown when the dialog was accepted.
    [[nodiscard]] const JobPlan &plan() const { return m_plan; }

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    [[nodiscard]] PlanOptions options() const;
    [[nodiscard]] QStringList paths() const;
    void chooseFiles();
    void chooseFolder();
    void removeSelected();
    void replan();
    void showPlan(const Result<JobPlan> &plan);

    QString m_workspace;
    QListWidget *m_paths;
    QPushButton *m_remove;
    QComboBox *m_format;
    QSpinBox *m_priority;
    QCheckBox *m_copyIn;
    QLabel *m_summary;
    QTreeWidget *m_preview;
    QPushButton *m_ok;
    QTimer *m_changed;
    quint64 m_generation = 0;
    JobPlan m_plan;
};

} // namespace lifeguard
