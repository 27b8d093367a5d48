// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/jobfilter.h"
#include "ui/views/jobselection.h"

#include <QObject>

#include <functional>

class QWidget;

namespace lifeguard {

class JobsTableView;

/// The commands for the selected jobs, or for all that match the filter. Asks before many jobs are cancelled, loads
/// selected jobs that are not loaded yet, and copies to the clipboard. Changes nothing itself: retry, cancel and open
/// are signals.
class JobCommands : public QObject
{
    Q_OBJECT

public:
    enum class CopyFormat { Rows, Ids, InputPaths, OutputPaths };

    /// The view shows the model. Both must outlive this object, whose parent is the parent of the confirmation dialogs.
    JobCommands(JobsModel &model, const JobsTableView &view, QWidget *parent);

    [[nodiscard]] JobSelection selection() const;
    /// Returns how many matching jobs can be retried, run again or cancelled.
    [[nodiscard]] qint64 retryableCount() const;
    [[nodiscard]] qint64 rerunnableCount() const;
    [[nodiscard]] qint64 cancellableCount() const;

    void retrySelected(const JobSelection &selection);
    void rerunSelected(const JobSelection &selection);
    void cancelSelected(const JobSelection &selection);
    /// Retries, runs again or cancels the jobs that match the filter, but none that were added after the rows were
    /// read: the user has not seen them.
    void retryMatching();
    void rerunMatching();
    void cancelMatching();
    void copySelected(CopyFormat format);
    /// Opens the output of the current job if the job is completed.
    void openCurrentOutput();
    void open(const QStringList &paths);

Q_SIGNALS:
    void retryRequested(const QList<qint64> &ids);
    void rerunRequested(const QList<qint64> &ids);
    void rerunMatchingRequested(const lifeguard::JobFilter &filter);
    void cancelRequested(const QList<qint64> &ids);
    void retryMatchingRequested(const lifeguard::JobFilter &filter);
    void cancelMatchingRequested(const lifeguard::JobFilter &filter);
    void openRequested(const QString &path);
    void failed(const lifeguard::Error &error);

private:
    void withSelectedJobs(const JobSelection &selection, const std::function<void(const QList<Job> &jobs)> &use);
    void cancelAfterConfirmation(const QList<Job> &jobs);
    [[nodiscard]] JobFilter boundedFilter() const;
    [[nodiscard]] QString copyText(const Job &job, CopyFormat format) const;

    JobsModel &m_model;
    const JobsTableView &m_view;
    QWidget *m_dialogParent;
};

} // namespace lifeguard
