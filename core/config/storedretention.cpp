// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/storedretention.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace lifeguard {

QString toStoredRetention(const RetentionConfig &config)
{
    QJsonObject json;
    for (const ConfigField<RetentionConfig> &field : retentionFields())
        json.insert(field.key, field.format(config, Spelling::Current));
    return QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

std::optional<RetentionConfig> fromStoredRetention(const QString &text)
{
    const QJsonObject json = QJsonDocument::fromJson(text.toUtf8()).object();
    if (json.isEmpty())
        return {};
    RetentionConfig config;
    config.isConfigured = true;
    for (const ConfigField<RetentionConfig> &field : retentionFields()) {
        const QJsonValue value = json.value(field.key);
        if (!value.isUndefined() && !field.parse(config, value.toString(), Spelling::Current))
            return {};
    }
    return config;
}

} // namespace lifeguard
