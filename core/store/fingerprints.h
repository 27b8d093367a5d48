// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/fingerprint.h"
#include "core/store/database.h"

#include <optional>

namespace lifeguard {

/// The fingerprints of outputs (lifeguard_fingerprints): the latest one of each output file. Belongs to the results
/// cache, whose entry for an output counts only with a matching fingerprint. Synchronous; on the thread of its
/// database.
class Fingerprints
{
public:
    explicit Fingerprints(Database &database) : m_db(database) {}

    /// Returns the fingerprint of an output file; nothing if it has none.
    [[nodiscard]] Result<std::optional<Fingerprint>> find(const QString &outputFile);
    /// Stores the fingerprint in place of an earlier one of the file. Does nothing without a file.
    [[nodiscard]] Status store(const QString &outputFile, const Fingerprint &fingerprint);

private:
    Database &m_db;
};

} // namespace lifeguard
