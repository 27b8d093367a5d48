// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/diagnosis.h"

#include <QDialog>

class QLabel;
class QPushButton;

namespace lifeguard {

class ReadOnlyTextView;

/// Shows the diagnosis of a worker: the conclusion, and below it all findings as text that can be copied. The owner answers
/// refreshRequested() with one or more calls of setDiagnosis(), each with more findings. Not modal.
class DiagnosisDialog : public QDialog
{
    Q_OBJECT

public:
    explicit DiagnosisDialog(const WorkerInfo &worker, QWidget *parent = nullptr);

    /// Requests the diagnosis, for the first time or again.
    void refresh();
    void setDiagnosis(const Diagnosis &diagnosis);
    [[nodiscard]] QString executorId() const { return m_worker.executorId; }
    [[nodiscard]] QString text() const { return m_text; } ///< the text that Copy copies

Q_SIGNALS:
    /// The content is needed, for the first time or again.
    void refreshRequested();

protected:
    void changeEvent(QEvent *event) override;

private:
    void showHeader(const WorkerInfo &worker, const QString &conclusion);
    void copy();

    WorkerInfo m_worker;
    QString m_text;
    QLabel *m_shape;
    QLabel *m_conclusion;
    QLabel *m_status;
    ReadOnlyTextView *m_view;
    QPushButton *m_copy;
    QPushButton *m_refresh;
};

} // namespace lifeguard
