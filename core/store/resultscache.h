// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/store/database.h"

#include <QJsonObject>

#include <optional>

namespace lifeguard {

/// The results cache. It records which output was made from which content, so that an unchanged input needs no
/// conversion. Synchronous; on the thread of its database.
class ResultsCache
{
public:
    ResultsCache(Database &database, const Clock &clock) : m_db(database), m_clock(clock) {}

    /// Returns the metadata of the entry and counts the access; std::nullopt if there is no entry.
    [[nodiscard]] Result<std::optional<QJsonObject>> find(const QString &outputFile, const QString &contentHash);
    /// Adds or replaces the entry. Does nothing without a file or a hash.
    [[nodiscard]] Status store(const QString &outputFile, const QString &contentHash, const QJsonObject &metadata);

private:
    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
