// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QPlainTextEdit;
class QSpinBox;

namespace lifeguard {

struct AddJobsContext;
class InlineMessage;

/// The page of the dialog for adding jobs without input files: type, payload and number of jobs. Values are checked while they are typed.
class PayloadJobsPage : public QWidget
{
    Q_OBJECT

public:
    explicit PayloadJobsPage(const AddJobsContext &context, QWidget *parent = nullptr);

    /// Returns the job. Call it only while disabledReason() is empty.
    [[nodiscard]] NewJob job() const;
    /// Returns how many copies of the job to add.
    [[nodiscard]] int count() const;
    /// Returns why no job can be added, as a sentence; empty if jobs can be added.
    [[nodiscard]] QString disabledReason() const { return m_disabledReason; }
    /// Checks the values now instead of after a delay.
    void check();

Q_SIGNALS:
    void changed();

private:
    QStringList m_servedTypes;
    QComboBox *m_type;
    QPlainTextEdit *m_payload;
    QSpinBox *m_count;
    InlineMessage *m_typeMessage;
    InlineMessage *m_payloadMessage;
    QTimer m_checkDelay;
    QString m_disabledReason;
};

} // namespace lifeguard
