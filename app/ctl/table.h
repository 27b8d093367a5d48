// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QStringList>

namespace lifeguard::ctl {

/// Returns a table as text, with one line for each row. Each column is as wide on the screen as its widest value; the
/// last column is not padded. Values are escaped for the terminal, and long ones are cut (core/base/terminaltext.h).
/// Every line ends with a line break.
[[nodiscard]] QString formatTable(const QStringList &headers, const QList<QStringList> &rows);

} // namespace lifeguard::ctl
