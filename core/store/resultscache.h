// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/store/database.h"

#include <QJsonObject>

#include <optional>

namespace lifeguard {

/// Which outputs were made from which content, so that an unchanged input is answered without its tool.
class ResultsCache
{
public:
    ResultsCache(Database &database, const Clock &clock) : m_db(database), m_clock(clock) { }

    /// The metadata of the entry, counted as an access; nothing if there is none.
    Result<std::optional<QJsonObject>> find(const QString &outputFile, const QString &contentHash);
    Status store(const QString &outputFile, const QString &contentHash, const QJsonObject &metadata);

private:
    Database &m_db;
    const Clock &m_clock;
};

} // namespace lifeguard
