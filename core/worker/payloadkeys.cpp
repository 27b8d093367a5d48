// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/payloadkeys.h"

#include <QCoreApplication>

#include <algorithm>

namespace lifeguard {
namespace {

using Type = QJsonValue::Type;
using Use = PayloadKeyUse;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PayloadKeys", text);
}

struct Entry
{
    const char *name;
    Type type;
    Use use;
};

constexpr Entry commonKeys[] = {
    {"correlation_id", Type::String, Use::Identity},
    {"input_file", Type::String, Use::Identity},
    {"input_file_name", Type::String, Use::Honoured},
    {"output_file", Type::String, Use::Identity},
    {"data", Type::String, Use::Honoured},
};

// The suffix of the output determines the format of a diagram: CLX and CLM write "png" for svg jobs, too.
constexpr Entry diagramKeys[] = {
    {"output_format", Type::String, Use::Identity},
    {"output_file_name", Type::String, Use::Identity},
    {"worker_image_identity", Type::String, Use::Identity},
};

// These keys are ours.
constexpr Entry plantumlKeys[] = {{"diagram_index", Type::Double, Use::Honoured},
                                  {"pages", Type::String, Use::Honoured}};
constexpr Entry drawioKeys[] = {{"page_index", Type::Double, Use::Honoured}, {"pages", Type::String, Use::Honoured}};

constexpr Entry notebookKeys[] = {
    {"kind", Type::String, Use::Honoured},
    {"prog_lang", Type::String, Use::Honoured},
    {"language", Type::String, Use::Honoured},
    {"format", Type::String, Use::Honoured},
    {"other_files", Type::Object, Use::Honoured},
    {"template_fingerprint", Type::String, Use::Identity},
    {"worker_image_identity", Type::String, Use::Identity},
    {"fallback_execute", Type::Bool, Use::Honoured}, // our worker never uses CLM's cache
    {"skip_evaluation", Type::Bool, Use::Honoured},
    {"skip_errors", Type::Bool, Use::Honoured},
    // Recorded answers cannot be replayed: nb_clm.py refuses a mode where it would matter. The two other keys have no
    // meaning without a mode.
    {"http_replay_mode", Type::String, Use::Honoured},
    {"http_replay_cassette_name", Type::String, Use::Identity},
    {"http_replay_trace_dir", Type::String, Use::Identity},
    {"img_path_prefix", Type::String, Use::Honoured},
    {"source_topic_dir", Type::String, Use::Honoured},
    {"svg_available_stems", Type::Array, Use::Honoured},
    {"inline_images", Type::Bool, Use::Honoured},
    {"author", Type::String, Use::Honoured},
    {"organization", Type::String, Use::Honoured},
    {"cross_references", Type::Object, Use::Honoured},
    // Ours
    {"output_format", Type::String, Use::Identity},
    {"output_file_name", Type::String, Use::Identity},
};

constexpr Entry jupyterliteKeys[] = {
    {"course_root", Type::String, Use::Refused},
    {"notebook_trees", Type::Object, Use::Refused},
    {"output_dir", Type::String, Use::Refused},
    {"target_name", Type::String, Use::Refused},
    {"language", Type::String, Use::Refused},
    {"kinds", Type::Array, Use::Refused},
    {"kernel", Type::String, Use::Refused},
    {"wheels", Type::Array, Use::Refused},
    {"environment_yml", Type::String, Use::Refused},
    {"app_archive", Type::String, Use::Refused},
    {"launcher", Type::String, Use::Refused},
    {"branding_theme", Type::String, Use::Refused},
    {"branding_logo", Type::String, Use::Refused},
    {"branding_site_name", Type::String, Use::Refused},
    {"jupyterlite_core_version", Type::String, Use::Refused},
};

template<std::size_t size>
void append(QList<PayloadKey> &keys, const Entry (&entries)[size])
{
    for (const Entry &entry : entries)
        keys.append({QLatin1String(entry.name), entry.type, entry.use});
}

Error wrongType(const PayloadKey &key)
{
    QString message;
    switch (key.type) {
    case Type::Bool:
        message = tr("The payload key '%1' must be true or false.");
        break;
    case Type::Double:
        message = tr("The payload key '%1' must be a number.");
        break;
    case Type::Array:
        message = tr("The payload key '%1' must be a list.");
        break;
    case Type::Object:
        message = tr("The payload key '%1' must be an object.");
        break;
    default:
        message = tr("The payload key '%1' must be a text.");
        break;
    }
    return {ErrorCode::InvalidArgument, message.arg(key.name), {}};
}

Error refused(const PayloadKey &key, const QString &jobType)
{
    return {ErrorCode::InvalidArgument,
            tr("Lifeguard does not support the payload key '%1'. A pool can run CLM's own worker instead: set its "
               "command to 'python3 -m clm.workers.%2'.")
                .arg(key.name, jobType),
            {}};
}

} // namespace

QList<PayloadKey> payloadKeys(const QString &jobType)
{
    QList<PayloadKey> keys;
    append(keys, commonKeys);
    if (jobType == QLatin1String("plantuml")) {
        append(keys, diagramKeys);
        append(keys, plantumlKeys);
    } else if (jobType == QLatin1String("drawio")) {
        append(keys, diagramKeys);
        append(keys, drawioKeys);
    } else if (jobType == QLatin1String("notebook")) {
        append(keys, notebookKeys);
    } else if (jobType == QLatin1String("jupyterlite")) {
        append(keys, jupyterliteKeys);
    } else {
        keys.clear();
    }
    return keys;
}

Result<QStringList> checkPayload(const QString &jobType, const QJsonObject &payload)
{
    const QList<PayloadKey> keys = payloadKeys(jobType);
    QStringList notes;
    if (keys.isEmpty())
        return notes;
    for (auto value = payload.constBegin(); value != payload.constEnd(); ++value) {
        const auto key = std::find_if(keys.cbegin(), keys.cend(),
                                      [&value](const PayloadKey &known) { return known.name == value.key(); });
        if (key == keys.cend())
            notes.append(tr("The payload key '%1' is not known and has no effect.").arg(value.key()));
        else if (key->use == Use::Refused)
            return failure(refused(*key, jobType));
        else if (!value->isNull() && value->type() != key->type)
            return failure(wrongType(*key));
    }
    return notes;
}

} // namespace lifeguard
