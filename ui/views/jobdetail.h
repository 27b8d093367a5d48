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

/// A payload for people: indented, with long texts folded to their first lines and their size; text that is no JSON as it is. Of
/// either the first 100,000 characters. A large one takes seconds: not on the GUI thread. Pure.
[[nodiscard]] QString readPayload(const QByteArray &payload);

/// Everything about one job: its facts with exact times, its error and traceback, its payload (a large one comes a little later).
class JobDetail : public QWidget
{
    Q_OBJECT

public:
    explicit JobDetail(QWidget *parent = nullptr);
    ~JobDetail() override;

    void setNothing(const QString &why);
    void setJob(const Job &job, const QString &worker);
    void setError(const Error &error);
    [[nodiscard]] qint64 jobId() const { return m_job.id; }
    /// For a place where it takes no room from the text.
    [[nodiscard]] QWidget *copyButton() const;

Q_SIGNALS:
    void openRequested(const QString &path);

private:
    [[nodiscard]] QString html(const QString &worker) const;
    void present(int place);
    void forgetPayload();
    void takePayload();

    Job m_job;
    QString m_payload; ///< as readPayload() shows it, or that it is being read
    std::shared_ptr<std::atomic<bool>> m_moot = std::make_shared<std::atomic<bool>>(false); ///< the reading of the payload
    QString m_worker;
    QTextBrowser *m_text;
    QToolButton *m_copy;
};

} // namespace lifeguard
