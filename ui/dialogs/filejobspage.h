// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/jobplanner.h"

#include <QTimer>
#include <QWidget>

#include <memory>

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;
class QTableView;

namespace lifeguard {

struct AddJobsContext;
class EmptyState;
class Note;
class PlanModel;

/// The files and folders that jobs are made of, how, and a preview of what would be made. Folders are searched on another thread;
/// a newer question ends the search for an older one.
class FileJobsPage : public QWidget
{
    Q_OBJECT

public:
    explicit FileJobsPage(const AddJobsContext &context, QWidget *parent = nullptr);
    ~FileJobsPage() override; ///< ends the search

    void addPaths(const QStringList &paths);
    [[nodiscard]] std::shared_ptr<const JobPlan> plan() const;
    [[nodiscard]] qsizetype count() const;
    /// Why nothing can be added now, empty: it can.
    [[nodiscard]] QString whyNot() const;

Q_SIGNALS:
    void changed();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void build();
    QWidget *buildOptions();
    [[nodiscard]] PlanOptions options() const;
    [[nodiscard]] QStringList paths() const;
    void chooseFiles();
    void chooseFolder();
    void removeSelected();
    void replanSoon();
    void replan();
    void showPlan(const Result<std::shared_ptr<const JobPlan>> &plan);
    void showFormats(const QStringList &types);
    void showSummary();
    void showCopyIn();
    void showFilter();
    void showSearch();

    QString m_workspace;
    QStringList m_served;
    QListWidget *m_paths;
    EmptyState *m_empty;
    QPushButton *m_remove;
    QWidget *m_formats;
    QHBoxLayout *m_formatsLayout;
    QStringList m_formatTypes; ///< that m_formats shows
    QHash<QString, QString> m_format; ///< chosen, by type
    QCheckBox *m_copyIn;
    Note *m_summary;
    Note *m_waitNote;
    QProgressBar *m_bar;
    QComboBox *m_filter;
    PlanModel *m_model;
    QTableView *m_preview;
    QTimer m_soon;
    QTimer m_tick; ///< while folders are searched
    ProgressPtr m_search;
    qint64 m_searchTicks = 0;
    QString m_error; ///< why there is no plan
};

} // namespace lifeguard
