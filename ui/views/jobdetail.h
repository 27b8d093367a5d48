// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/records.h"

#include <QWidget>

class QTextBrowser;
class QToolButton;

namespace lifeguard {

/// A payload for people: indented, with long texts folded to their first lines and their size. Text that is no JSON comes as it is. Pure.
[[nodiscard]] QString readPayload(const QByteArray &payload);

/// Everything about one job: its facts with exact times, its error and traceback, its payload.
class JobDetail : public QWidget
{
    Q_OBJECT

public:
    explicit JobDetail(QWidget *parent = nullptr);

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

    Job m_job;
    QString m_worker;
    QTextBrowser *m_text;
    QToolButton *m_copy;
};

} // namespace lifeguard
