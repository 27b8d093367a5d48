// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QStringList>

namespace lifeguard {

class FileSchema;

/// The indexes, triggers and tables that can be derived from the other tables of a file at any time
/// (resources/sql/sqlite/migrations/derived.sql). They belong to no version of the schema: a program that opens a file
/// for writing creates those that are missing, because a migration of CLM drops them together with the table that it
/// rebuilds.
class DerivedSchema
{
public:
    /// Returns the statements that complete the file, in this order; empty for a complete file. The tables of CLX and
    /// Lifeguard must exist.
    [[nodiscard]] static Result<QStringList> missingStatements(const FileSchema &schema);
};

} // namespace lifeguard
