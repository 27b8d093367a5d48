// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/diagnosis.h"

#include <QDialog>

class QLabel;
class QPushButton;

namespace lifeguard {

class ReadingView;

/// The diagnosis of one worker: what follows from it, and all that is known below, to be read and copied. It is given what has been
/// found out, piece by piece, and asks with wanted() for it to be found out. Non-modal: the window goes on.
class DiagnosisDialog : public QDialog
{
    Q_OBJECT

public:
    explicit DiagnosisDialog(const WorkerInfo &worker, QWidget *parent = nullptr);

    /// Asks for the diagnosis, for the first time or again.
    void begin();
    void setDiagnosis(const Diagnosis &diagnosis);
    [[nodiscard]] QString executorId() const { return m_worker.executorId; }
    [[nodiscard]] QString text() const { return m_text; } ///< as Copy copies it

Q_SIGNALS:
    void wanted();

protected:
    void changeEvent(QEvent *event) override;

private:
    void showHead(const WorkerInfo &worker, const QString &conclusion);
    void copy();

    WorkerInfo m_worker;
    QString m_text;
    QLabel *m_shape;
    QLabel *m_conclusion;
    QLabel *m_status;
    ReadingView *m_view;
    QPushButton *m_copy;
    QPushButton *m_again;
};

} // namespace lifeguard
