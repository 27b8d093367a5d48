// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lifeguard {

/// Whether the text is a notebook written as a script: at least one line begins a cell ("# %%").
[[nodiscard]] bool hasPercentCells(const QByteArray &text);

/// The language of a notebook's cells as CLX names it: "python", "cpp", "csharp", …; "python" where it does not say.
[[nodiscard]] QString notebookLanguage(const QByteArray &text, const QString &fileName);

} // namespace lifeguard
