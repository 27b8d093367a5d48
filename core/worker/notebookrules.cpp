// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/notebookrules.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QStringList>

#include <algorithm>

namespace lifeguard {
namespace {

/// Keys that only CLM writes, and always.
const QStringList clmKeys{QStringLiteral("template_fingerprint"), QStringLiteral("fallback_execute"),
                          QStringLiteral("skip_evaluation"), QStringLiteral("img_path_prefix"),
                          QStringLiteral("cross_references")};
/// Keys that change the output, without those in the content hash. The files of other_files are hashed with them.
const QStringList outputKeys{QStringLiteral("other_files"),      QStringLiteral("skip_evaluation"),
                             QStringLiteral("skip_errors"),      QStringLiteral("http_replay_mode"),
                             QStringLiteral("img_path_prefix"),  QStringLiteral("source_topic_dir"),
                             QStringLiteral("inline_images"),    QStringLiteral("svg_available_stems"),
                             QStringLiteral("author"),           QStringLiteral("organization"),
                             QStringLiteral("cross_references"), QStringLiteral("input_file_name"),
                             QStringLiteral("fallback_execute")};

bool isWrittenByClx(const QJsonObject &payload)
{
    const auto hasText = [&payload](const char *key) {
        return !payload.value(QLatin1String(key)).toString().isEmpty();
    };
    return hasText("kind") && hasText("prog_lang") && hasText("language") && hasText("format")
        && payload.contains(QLatin1String("other_files")) && payload.contains(QLatin1String("correlation_id"))
        && !payload.contains(QLatin1String("output_file_name"));
}

} // namespace

QString notebookRules(const QJsonObject &payload, const ConverterSettings &settings)
{
    if (!settings.notebookRules.isEmpty())
        return settings.notebookRules;
    if (std::any_of(clmKeys.cbegin(), clmKeys.cend(), [&](const QString &key) { return payload.contains(key); }))
        return QStringLiteral("clm");
    return isWrittenByClx(payload) ? QStringLiteral("clx") : QStringLiteral("lifeguard");
}

QString notebookRulesText(const QJsonObject &payload, const ConverterSettings &settings)
{
    QJsonObject relevant;
    for (const QString &key : outputKeys) {
        if (payload.contains(key))
            relevant.insert(key, payload.value(key));
    }
    const QByteArray text = QJsonDocument(relevant).toJson(QJsonDocument::Compact);
    const QByteArray hash = QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex();
    return QStringLiteral("rules=%1 payload=%2")
        .arg(notebookRules(payload, settings), relevant.isEmpty() ? QString() : QString::fromLatin1(hash));
}

} // namespace lifeguard
