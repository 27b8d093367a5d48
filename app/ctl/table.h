// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QStringList>

namespace lifeguard::ctl {

/// Returns a table as text. Each column is as wide as its widest value; the last column is not padded. Every line ends with a line break.
[[nodiscard]] QString formatTable(const QStringList &headers, const QList<QStringList> &rows);

} // namespace lifeguard::ctl
