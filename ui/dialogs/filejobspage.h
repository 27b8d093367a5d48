// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/jobplanner.h"

#include <QTimer>
#include <QWidget>

#include <memory>

class QCheckBox;
class QListWidget;
class QPushButton;

namespace lifeguard {

struct AddJobsContext;
class EmptyState;
class OutputFormatFields;
class PlanPreview;

/// The page of the dialog for adding jobs from files: the files and folders, how they are converted, and a preview of
/// the jobs. Folders are searched on another thread; a change of the selection cancels the search that is running.
class FileJobsPage : public QWidget
{
    Q_OBJECT

public:
    explicit FileJobsPage(const AddJobsContext &context, QWidget *parent = nullptr);
    /// Cancels the search.
    ~FileJobsPage() override;

    void addPaths(const QStringList &added);
    [[nodiscard]] std::shared_ptr<const JobPlan> plan() const;
    /// Returns the number of jobs in the plan.
    [[nodiscard]] qsizetype count() const;
    /// Returns why no job can be added, as a sentence; empty if jobs can be added.
    [[nodiscard]] QString disabledReason() const;

Q_SIGNALS:
    /// The result of plan(), count() or disabledReason() has changed.
    void changed();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void build();
    QWidget *buildSideButtons();
    QPushButton *createButton(const char *name, const char *icon, const QString &text, const QString &accessibleName);
    [[nodiscard]] PlanOptions options() const;
    [[nodiscard]] QStringList paths() const;
    void chooseFiles();
    void chooseFolder();
    void removeSelected();
    void scheduleSearch();
    void startSearch();
    void finishSearch(const Result<std::shared_ptr<const JobPlan>> &plan);
    void updateOptions();
    void updateRemoveButton();

    QString m_workspace;
    QListWidget *m_paths;
    EmptyState *m_empty;
    QPushButton *m_remove;
    OutputFormatFields *m_formats;
    QCheckBox *m_copyIn;
    QCheckBox *m_allPages; ///< of drawings; hidden if no drawing has several pages
    PlanPreview *m_preview;
    QTimer m_searchDelay; ///< from the last change to the beginning of the search
    QTimer m_progressTimer; ///< active while folders are searched
    ProgressPtr m_search; ///< the progress of the running search; null if none is running
    int m_progressTicks = 0;
    QString m_error; ///< why there is no plan
};

} // namespace lifeguard
