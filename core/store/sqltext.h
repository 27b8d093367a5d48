// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>
#include <QStringList>

#include <functional>

namespace lifeguard {

/// The statement of resources/sql/sqlite/<name>.sql without its comments. One text serves many questions:
/// - a line that ends in "--? table.column" is kept only where hasColumn says that the file has that column, so that one
///   text serves all versions of CLX's schema;
/// - a line that ends in "--+ word" is kept only where the caller said that word (a line may have both marks, in this order);
/// - "--< other" stands for the text of another file.
[[nodiscard]] Result<QString> sqlText(const QString &name, const std::function<bool(const QString &table, const QString &column)> &hasColumn,
                                      const QStringList &words = {});

/// The statements of a script (resources/sql/sqlite/migrations/<name>.sql), one by one.
[[nodiscard]] Result<QStringList> sqlScript(const QString &name);

} // namespace lifeguard
