// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>
#include <QStringList>

namespace lifeguard {

class FileSchema;

/// Returns the statement of resources/sql/sqlite/<name>.sql without its comments. One file contains several variants of
/// a statement:
/// - a line that ends in "--? table.column" is kept only if the schema has this column, so that one file serves all
///   versions of CLX's schema, and a line that ends in "--! table.column" only if the schema does not have it;
/// - a line that ends in "--+ option" is kept only if options contains this option (a line may have both marks, in this
///   order);
/// - a line "--< name" is replaced by the text of <name>.sql.
[[nodiscard]] Result<QString> sqlText(const QString &name, const FileSchema &schema, const QStringList &options = {});

/// Returns the statements of the script resources/sql/sqlite/migrations/<name>.sql.
/// A line that ends in "--? table.column" or "--! table.column" is kept only if the schema has this column or lacks it.
[[nodiscard]] Result<QStringList> sqlScript(const QString &name, const FileSchema &schema);

} // namespace lifeguard
