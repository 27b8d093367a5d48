// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/workerinfo.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;

namespace lifeguard {

class ReadingView;

/// All that the engine knows of a worker's container, to be read, searched and copied. It asks with wanted() and is given the answer.
/// Non-modal: the window goes on.
class ContainerDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ContainerDialog(const WorkerInfo &worker, QWidget *parent = nullptr);

    void begin(); ///< asks, for the first time or again
    void setAnswer(const Result<QString> &json);
    [[nodiscard]] QString executorId() const { return m_executorId; }

Q_SIGNALS:
    void wanted();

private:
    void find();

    QString m_executorId;
    ReadingView *m_view;
    QLineEdit *m_search;
    QLabel *m_status;
    QPushButton *m_copy;
    QPushButton *m_again;
};

} // namespace lifeguard
