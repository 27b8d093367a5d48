// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/records.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QSpinBox;

namespace lifeguard {

/// Jobs that need no file: a type, what they are about as JSON, and how many. What is wrong is said while it is typed.
class PayloadForm : public QWidget
{
    Q_OBJECT

public:
    explicit PayloadForm(QWidget *parent = nullptr);

    [[nodiscard]] Result<QList<NewJob>> jobs(int priority) const;
    [[nodiscard]] int count() const;
    [[nodiscard]] bool isValid() const { return m_valid; }

Q_SIGNALS:
    void changed();

private:
    void check();

    QComboBox *m_type;
    QPlainTextEdit *m_payload;
    QSpinBox *m_count;
    QLabel *m_error;
    bool m_valid = true;
};

} // namespace lifeguard
