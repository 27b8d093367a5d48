// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/fingerprint.h"

#include <QJsonDocument>

namespace lifeguard {
namespace {

const QString rulesKey = QStringLiteral("rules");
const QString sourcesKey = QStringLiteral("sources");
const QString outputKey = QStringLiteral("output");
const QString furtherKey = QStringLiteral("further");
const QString nameKey = QStringLiteral("name");
const QString notesKey = QStringLiteral("notes");
const QString warningsKey = QStringLiteral("warnings");
const QString madeKey = QStringLiteral("made_at");

} // namespace

QByteArray toJson(const Fingerprint &fingerprint)
{
    QJsonObject sources;
    for (auto source = fingerprint.sources.cbegin(); source != fingerprint.sources.cend(); ++source)
        sources.insert(source.key(), source.value());
    QJsonArray further;
    for (const Fingerprint::Further &file : fingerprint.further) {
        QJsonObject entry = file.metadata;
        entry.insert(nameKey, file.name);
        further.append(entry);
    }
    QJsonObject object{{rulesKey, fingerprint.rules},
                       {sourcesKey, sources},
                       {outputKey, fingerprint.output},
                       {furtherKey, further},
                       {notesKey, QJsonArray::fromStringList(fingerprint.notes)},
                       {madeKey, fingerprint.madeAt.toUTC().toString(Qt::ISODateWithMs)}};
    if (fingerprint.warnings)
        object.insert(warningsKey, *fingerprint.warnings);
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

std::optional<Fingerprint> fingerprintFromJson(const QString &contentHash, const QByteArray &json)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    if (!object.value(rulesKey).isString() || !object.value(outputKey).isObject())
        return {};
    Fingerprint fingerprint;
    fingerprint.contentHash = contentHash;
    fingerprint.rules = object.value(rulesKey).toString();
    const QJsonObject sources = object.value(sourcesKey).toObject();
    for (auto source = sources.constBegin(); source != sources.constEnd(); ++source)
        fingerprint.sources.insert(source.key(), source.value().toString());
    fingerprint.output = object.value(outputKey).toObject();
    for (const QJsonValue &file : object.value(furtherKey).toArray()) {
        QJsonObject metadata = file.toObject();
        const QString name = metadata.take(nameKey).toString();
        fingerprint.further.append({name, metadata});
    }
    for (const QJsonValue &note : object.value(notesKey).toArray())
        fingerprint.notes.append(note.toString());
    if (object.contains(warningsKey))
        fingerprint.warnings = object.value(warningsKey).toArray();
    fingerprint.madeAt = QDateTime::fromString(object.value(madeKey).toString(), Qt::ISODateWithMs);
    return fingerprint;
}

} // namespace lifeguard
