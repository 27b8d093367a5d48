// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/job.h"

#include <QWidget>

#include <atomic>
#include <memory>

class QTextBrowser;
class QToolButton;

namespace lifeguard {

/// Shows all values of a job, with exact times, its error, its traceback and its payload. A large payload appears with
/// a delay.
class JobDetailView : public QWidget
{
    Q_OBJECT

public:
    explicit JobDetailView(QWidget *parent = nullptr);
    ~JobDetailView() override;

    /// Shows a text instead of a job.
    void showPlaceholder(const QString &text);
    /// Shows a job; worker is the name of the worker that has or had it.
    void setJob(const Job &job, const QString &worker);
    void showError(const Error &error);
    [[nodiscard]] qint64 jobId() const { return m_job.id; }
    /// Returns the button that copies the payload, so that the owner can place it.
    [[nodiscard]] QWidget *copyButton() const;

Q_SIGNALS:
    /// The link to the input or the output was clicked.
    void openRequested(const QString &path);

private:
    [[nodiscard]] QString html(const QString &worker) const;
    void render(int scrollPosition);
    void discardPayload();
    void updatePayload();

    Job m_job;
    QString m_payload; ///< the result of payloadText(), or a text saying that it is being loaded
    /// Shared with the thread that formats the payload; true if its result is no longer needed.
    std::shared_ptr<std::atomic<bool>> m_payloadObsolete = std::make_shared<std::atomic<bool>>(false);
    QString m_worker;
    QTextBrowser *m_text;
    QToolButton *m_copy;
};

} // namespace lifeguard
