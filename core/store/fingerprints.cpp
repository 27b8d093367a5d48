// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/fingerprints.h"

namespace lifeguard {

Result<std::optional<Fingerprint>> Fingerprints::find(const QString &outputFile)
{
    std::optional<Fingerprint> fingerprint;
    if (outputFile.isEmpty() || !m_db.hasTable(QStringLiteral("lifeguard_fingerprints")))
        return fingerprint;
    const Status found = m_db.run("fingerprint_find", {{QStringLiteral("output_file"), outputFile}},
                                  [&fingerprint](const QSqlQuery &row) {
                                      fingerprint = fingerprintFromJson(row.value(0).toString(),
                                                                        row.value(1).toString().toUtf8());
                                  });
    if (!found)
        return failure(found.error());
    return fingerprint;
}

Status Fingerprints::store(const QString &outputFile, const Fingerprint &fingerprint)
{
    if (outputFile.isEmpty())
        return {};
    return m_db.transaction([&]() -> Status {
        return m_db.run("fingerprint_store", {{QStringLiteral("output_file"), outputFile},
                                              {QStringLiteral("content_hash"), fingerprint.contentHash},
                                              {QStringLiteral("fingerprint"), QString::fromUtf8(toJson(fingerprint))}});
    });
}

} // namespace lifeguard
