// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/workerinfo.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;

namespace lifeguard {

class ReadOnlyTextView;

/// Shows Docker's data about the container of a worker, as JSON that can be searched and copied. The owner answers
/// refreshRequested() with setContent(). Not modal.
class ContainerDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ContainerDialog(const WorkerInfo &worker, QWidget *parent = nullptr);

    /// Requests the content, for the first time or again.
    void refresh();
    /// Shows the JSON, or the error.
    void setContent(const Result<QString> &json);
    [[nodiscard]] QString executorId() const { return m_executorId; }

Q_SIGNALS:
    /// The content is needed, for the first time or again.
    void refreshRequested();

private:
    /// Selects the next match after the cursor, or the first one in the text.
    void findNext();

    QString m_executorId;
    ReadOnlyTextView *m_view;
    QLineEdit *m_search;
    QLabel *m_status;
    QPushButton *m_copy;
    QPushButton *m_refresh;
};

} // namespace lifeguard
