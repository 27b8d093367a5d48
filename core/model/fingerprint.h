// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>

namespace lifeguard {

/// What an output was made from, in addition to the content that the results cache knows by its hash, and what was
/// made. The output is used again for an equal job only if all of this is unchanged.
struct Fingerprint
{
    /// A file that was made in addition to the output.
    struct Further
    {
        QString name; ///< in the folder of the output
        QJsonObject metadata; ///< size and time of the file (outputMetadata() in core/worker/jobfiles.h)
        bool operator==(const Further &) const = default;
    };

    QString contentHash; ///< of the job, as in jobs.content_hash
    QString rules; ///< Converter::rules()
    QMap<QString, QString> sources; ///< the hashes of the files that the output depends on, by path on the host
    QJsonObject output; ///< size and time of the output
    QList<Further> further;
    QStringList notes; ///< of the job that made the output
    std::optional<QJsonArray> warnings; ///< of that job; nothing if its notes are its warnings
    QDateTime madeAt; ///< UTC

    bool operator==(const Fingerprint &) const = default;
};

/// Returns the fingerprint as it is stored, in JSON, without the content hash.
[[nodiscard]] QByteArray toJson(const Fingerprint &fingerprint);
/// Parses a stored fingerprint; nothing if the text is not one.
[[nodiscard]] std::optional<Fingerprint> fingerprintFromJson(const QString &contentHash, const QByteArray &json);

} // namespace lifeguard
