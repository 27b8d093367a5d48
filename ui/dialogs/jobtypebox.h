// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>

namespace lifeguard {

/// An editable list of job types. An icon before each type for which Lifeguard has a converter shows whether the
/// converter is installed. The icon appears when another thread has finished the check.
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
