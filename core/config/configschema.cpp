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

/// Returns the schema of a text. In YAML, a text may look like a number.
QJsonObject anyText()
{
    return anyOf({ofType("string"), ofType("number"), ofType("boolean")});
}

/// Returns the schema of a number within the limits of the key.
QJsonObject numberOf(const char *type, const FieldInfo &field)
{
    QJsonObject schema = ofType(type);
    if (field.minimum)
        schema.insert(QStringLiteral("minimum"), *field.minimum);
    if (field.maximum)
        schema.insert(QStringLiteral("maximum"), *field.maximum);
    return field.allowsZero ? anyOf({QJsonObject{{QStringLiteral("const"), 0}}, schema}) : schema;
}

QJsonObject yesOrNo()
{
    return anyOf({ofType("boolean"), oneOfTexts({QStringLiteral("yes"), QStringLiteral("no")})}); // in YAML 1.2, texts
}

/// Returns the schema of a map of secrets: each is a text, or says where the text comes from.
QJsonObject mapOfTexts()
{
    QJsonObject source = ofType("object");
    source.insert(QStringLiteral("additionalProperties"), false);
    source.insert(QStringLiteral("minProperties"), 1);
    source.insert(QStringLiteral("maxProperties"), 1);
    source.insert(QStringLiteral("properties"), QJsonObject{{QStringLiteral("from_file"), ofType("string")},
                                                            {QStringLiteral("from_variable"), ofType("string")}});
    QJsonObject map = ofType("object");
    map.insert(QStringLiteral("additionalProperties"),
               anyOf({ofType("string"), ofType("number"), ofType("boolean"), source}));
    return map;
}

QJsonObject valueSchema(const FieldInfo &field);

QJsonObject mapOfFields(const std::vector<FieldInfo> &fields)
{
    QJsonObject properties;
    for (const FieldInfo &field : fields) {
        QJsonObject schema = valueSchema(field);
        schema.insert(QStringLiteral("description"), field.description);
        properties.insert(field.key, schema);
    }
    QJsonObject map = ofType("object");
    map.insert(QStringLiteral("additionalProperties"), false);
    map.insert(QStringLiteral("properties"), properties);
    return map;
}

/// Returns the schema of the values of a key.
QJsonObject valueSchema(const FieldInfo &field)
{
    switch (field.kind) {
    case Kind::Text:
    case Kind::Path:
        return anyText();
    case Kind::TimeOfDay:
        return matching(QStringLiteral("^[0-9]{1,2}:[0-9]{2}$"));
    case Kind::Number:
        return numberOf("integer", field);
    case Kind::Decimal:
        return numberOf("number", field);
    case Kind::Duration: {
        QJsonArray allowed{nonNegativeInteger(), matching(QStringLiteral("^[0-9]+[smhd]?$"))};
        if (!field.choices.isEmpty())
            allowed.append(oneOfTexts(field.choices));
        return anyOf(allowed);
    }
    case Kind::Size:
        return anyOf({QJsonObject{{QStringLiteral("const"), 0}}, matching(QStringLiteral("^(0|[0-9]+[BKMGT])$"))});
    case Kind::YesNo:
        return yesOrNo();
    case Kind::Choice:
        return oneOfTexts(field.choices);
    case Kind::Paths:
        return anyOf({ofType("string"), listOfTexts(0)});
    case Kind::Names:
        return anyOf({ofType("string"), listOfTexts(1)});
    case Kind::Choices:
        return anyOf({ofType("string"), QJsonObject{{QStringLiteral("type"), QStringLiteral("array")},
                                                    {QStringLiteral("items"), oneOfTexts(field.choices)}}});
    case Kind::Arguments:
        return anyOf({ofType("string"), listOfTexts(1)});
    case Kind::Map:
        return mapOfTexts();
    case Kind::Section:
        return anyOf({yesOrNo(), mapOfFields(field.fields)});
    case Kind::Sections:
        return {{QStringLiteral("type"), QStringLiteral("array")},
                {QStringLiteral("items"), mapOfFields(field.fields)}};
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
        const QString text = field.format ? field.format(defaults, Spelling::Current) : QString();
        if (!text.isEmpty())
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
