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
class Note;

/// Jobs of a type that takes no files: type, payload and how many. Checked as they are typed.
class PayloadJobsPage : public QWidget
{
    Q_OBJECT

public:
    explicit PayloadJobsPage(const AddJobsContext &context, QWidget *parent = nullptr);

    /// Only while whyNot() is empty.
    [[nodiscard]] NewJob job() const;
    [[nodiscard]] int count() const;
    /// Why nothing can be added now, empty: it can.
    [[nodiscard]] QString whyNot() const { return m_whyNot; }
    /// Brings whyNot() up to what was typed last.
    void check();

Q_SIGNALS:
    void changed();

private:
    QStringList m_served;
    QComboBox *m_type;
    QPlainTextEdit *m_payload;
    QSpinBox *m_count;
    Note *m_typeNote;
    Note *m_payloadNote;
    QTimer m_soon;
    QString m_whyNot;
};

} // namespace lifeguard
