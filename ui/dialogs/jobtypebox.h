// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>

namespace lifeguard {

/// An editable list of job types. A sign before each type that Lifeguard has a converter for shows whether the converter is installed; it
/// appears after a thread has checked that.
class JobTypeBox : public QComboBox
{
    Q_OBJECT

public:
    explicit JobTypeBox(const QStringList &types, QWidget *parent = nullptr);

    /// Returns the type without surrounding spaces.
    [[nodiscard]] QString type() const { return currentText().trimmed(); }

private:
    void checkConverter(int item);
    void showConverter(int item, const QString &missingTools);
};

} // namespace lifeguard
