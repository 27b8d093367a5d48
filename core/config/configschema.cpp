// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configschema.h"

#include "core/config/configuration.h"
#include "core/config/poolfields.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace lifeguard {
namespace {

using Kind = FieldInfo::Kind;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ConfigSchema", text);
}

QJsonObject ofType(const char *type)
{
    return {{QStringLiteral("type"), QString::fromLatin1(type)}};
}

QJsonObject anyOf(const QJsonArray &schemas)
{
    return {{QStringLiteral("anyOf"), schemas}};
}

QJsonObject oneOfTexts(const QStringList &texts)
{
    return {{QStringLiteral("enum"), QJsonArray::fromStringList(texts)}};
}

QJsonObject matching(const QString &pattern)
{
    return {{QStringLiteral("type"), QStringLiteral("string")}, {QStringLiteral("pattern"), pattern}};
}

QJsonObject nonNegativeInteger()
{
    return {{QStringLiteral("type"), QStringLiteral("integer")}, {QStringLiteral("minimum"), 0}};
}

QJsonObject listOfTexts(int minItems)
{
    return {{QStringLiteral("type"), QStringLiteral("array")},
            {QStringLiteral("minItems"), minItems},
            {QStringLiteral("items"), anyOf({ofType("string"), ofType("number"), ofType("boolean")})}};
}

/// Returns the schema of the values of a key. In YAML, a text may look like a number.
QJsonObject valueSchema(const FieldInfo &field)
{
    switch (field.kind) {
    case Kind::Text:
        return anyOf({ofType("string"), ofType("number"), ofType("boolean")});
    case Kind::Number:
        return ofType("integer");
    case Kind::Decimal:
        return ofType("number");
    case Kind::Duration: {
        QJsonArray allowed{nonNegativeInteger(), matching(QStringLiteral("^[0-9]+[smhd]?$"))};
        if (!field.choices.isEmpty())
            allowed.append(oneOfTexts(field.choices));
        return anyOf(allowed);
    }
    case Kind::Size:
        return anyOf({QJsonObject{{QStringLiteral("const"), 0}}, matching(QStringLiteral("^(0|[0-9]+[BKMGT])$"))});
    case Kind::YesNo: // in YAML 1.2, yes and no are texts
        return anyOf({ofType("boolean"), oneOfTexts({QStringLiteral("yes"), QStringLiteral("no")})});
    case Kind::Choice:
        return oneOfTexts(field.choices);
    case Kind::Paths:
        return anyOf({ofType("string"), listOfTexts(0)});
    case Kind::Arguments:
        return anyOf({ofType("string"), listOfTexts(1)});
    }
    return {}; // accepts everything
}

template<typename Owner>
QJsonObject properties(const QList<ConfigField<Owner>> &fields, const Owner &defaults)
{
    QJsonObject result;
    for (const ConfigField<Owner> &field : fields) {
        QJsonObject schema = valueSchema(field);
        schema.insert(QStringLiteral("description"), field.description);
        if (const QString text = field.format(defaults, Spelling::Current); !text.isEmpty())
            schema.insert(QStringLiteral("default"), text);
        result.insert(field.key, schema);
    }
    return result;
}

/// Returns the schema of a map with these keys only. A section without keys is null in YAML.
QJsonObject mapOf(const QJsonObject &properties, const QString &description)
{
    return {{QStringLiteral("type"), QJsonArray{QStringLiteral("object"), QStringLiteral("null")}},
            {QStringLiteral("description"), description},
            {QStringLiteral("additionalProperties"), false},
            {QStringLiteral("properties"), properties}};
}

QJsonObject poolsSchema()
{
    WorkerConfig defaults;
    defaults.type.clear();
    QJsonObject pool = mapOf(properties(poolFields(), defaults), tr("A pool of workers"));
    return {{QStringLiteral("type"), QJsonArray{QStringLiteral("object"), QStringLiteral("null")}},
            {QStringLiteral("description"),
             tr("The pools by their names. The type of a pool is its name, unless type is "
                "set.")},
            {QStringLiteral("propertyNames"),
             QJsonObject{{QStringLiteral("pattern"), QStringLiteral("^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")}}},
            {QStringLiteral("additionalProperties"), pool}};
}

} // namespace

QJsonObject configSchema()
{
    QJsonObject keys = properties(configurationFields(), Configuration());
    keys.insert(QStringLiteral("docker"),
                mapOf(properties(dockerConfigFields(), DockerConfig()), tr("The container engine")));
    keys.insert(QStringLiteral("retention"),
                mapOf(properties(retentionFields(), RetentionConfig()), tr("How long history is kept")));
    keys.insert(QStringLiteral("metrics"), mapOf(properties(metricsFields(), MetricsConfig()), tr("Metrics")));
    keys.insert(QStringLiteral("pools"), poolsSchema());

    QJsonObject file = keys;
    const QJsonObject profile{{QStringLiteral("$ref"), QStringLiteral("#/$defs/profile")}};
    file.insert(QStringLiteral("profiles"),
                QJsonObject{{QStringLiteral("type"), QJsonArray{QStringLiteral("object"), QStringLiteral("null")}},
                            {QStringLiteral("description"),
                             tr("Values that override those of the file, by the name of the profile")},
                            {QStringLiteral("additionalProperties"), profile}});
    QJsonObject schema = mapOf(file, tr("A configuration of Lifeguard (lifeguard.yaml)"));
    schema.insert(QStringLiteral("$schema"), QStringLiteral("https://json-schema.org/draft/2020-12/schema"));
    schema.insert(QStringLiteral("title"), QStringLiteral("lifeguard.yaml"));
    schema.insert(QStringLiteral("$defs"),
                  QJsonObject{{QStringLiteral("profile"), mapOf(keys, tr("Overrides values of the file"))}});
    return schema;
}

} // namespace lifeguard
