// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/jobplanner.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QTabWidget;
class QTimer;
class QTreeWidget;

namespace lifeguard {

class PayloadForm;

/// Asks what to convert, and shows what would be made before anything is. A second page makes jobs that need no file.
class AddJobsDialog : public QDialog
{
    Q_OBJECT

public:
    explicit AddJobsDialog(const QString &workspace, QWidget *parent = nullptr);

    void addPaths(const QStringList &paths);
    /// What was shown when the dialog was accepted: empty where jobs without files are to be added.
    [[nodiscard]] JobPlan plan() const;
    /// Jobs without files; empty where files are to be converted.
    [[nodiscard]] QList<NewJob> payloadJobs() const;

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
    void showButton();

    QString m_workspace;
    QTabWidget *m_kinds;
    PayloadForm *m_payload;
    QProgressBar *m_busy; ///< while folders are searched through
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
    bool m_planning = false;
};

} // namespace lifeguard
