// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/resultscache.h"

#include "core/base/timestamp.h"

#include <QJsonDocument>

namespace lifeguard {

Result<std::optional<QJsonObject>> ResultsCache::find(const QString &outputFile, const QString &contentHash)
{
    if (contentHash.isEmpty() || outputFile.isEmpty())
        return std::optional<QJsonObject>();
    std::optional<QJsonObject> metadata;
    qint64 id = 0;
    const Status found = m_db.run("cache_find",
                                  {{QStringLiteral("output_file"), outputFile},
                                   {QStringLiteral("content_hash"), contentHash}},
                                  [&](const QSqlQuery &row) {
                                      id = row.value(0).toLongLong();
                                      metadata = QJsonDocument::fromJson(row.value(1).toString().toUtf8()).object();
                                  });
    if (!found)
        return failure(found.error());
    if (metadata && !m_db.info().readOnly) {
        const Result<int> touched = m_db.change("cache_touch", {{QStringLiteral("id"), id},
                                                                {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
        if (!touched)
            return failure(touched.error());
    }
    return metadata;
}

Status ResultsCache::store(const QString &outputFile, const QString &contentHash, const QJsonObject &metadata)
{
    if (contentHash.isEmpty() || outputFile.isEmpty())
        return {};
    return m_db.transaction([&]() -> Status {
        return m_db.run("cache_store", {{QStringLiteral("output_file"), outputFile},
                                        {QStringLiteral("content_hash"), contentHash},
                                        {QStringLiteral("metadata"),
                                         QString::fromUtf8(QJsonDocument(metadata).toJson(QJsonDocument::Compact))},
                                        {QStringLiteral("now"), toSqlTime(m_clock.utcNow())}});
    });
}

} // namespace lifeguard
