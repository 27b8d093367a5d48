// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lifeguard {

/// Returns whether the text is a notebook written as a script: at least one line begins a cell ("# %%"), or its header
/// names a format of jupytext.
[[nodiscard]] bool isNotebookScript(const QByteArray &text);

/// Returns the programming language of a notebook as CLX names it: "python", "cpp", "csharp" and so on; "python" if the
/// notebook does not name one.
[[nodiscard]] QString notebookLanguage(const QByteArray &text, const QString &fileName);

} // namespace lifeguard
