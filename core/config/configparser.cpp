// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configparser.h"

#include "core/base/secretmasking.h"
#include "core/config/poolfields.h"
#include "core/config/suggestion.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>

namespace lifeguard {
namespace {

using Kind = YamlNode::Kind;
constexpr qsizetype longestFound = 60; ///< characters of a value in a message
constexpr qsizetype longestPath = 200; ///< characters of the keys in an error

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ConfigParser", text);
}

QStringList sectionKeys()
{
    return {QStringLiteral("docker"), QStringLiteral("retention"), QStringLiteral("metrics"), QStringLiteral("pools")};
}

/// Returns the text without secrets, short enough for a message.
QString shown(const QString &text)
{
    QString masked = maskSecrets(text);
    if (masked.size() > longestFound)
        masked = masked.left(longestFound) + u'…';
    return masked;
}

/// Returns which values the field allows, a sentence.
QString allowedText(const FieldInfo &field)
{
    switch (field.kind) {
    case FieldInfo::Kind::Text:
        return tr("Allowed is a text.");
    case FieldInfo::Kind::Number:
        return tr("Allowed is a whole number without quotes, for example 4.");
    case FieldInfo::Kind::Decimal:
        return tr("Allowed is a number without quotes, for example 2 or 0.5.");
    case FieldInfo::Kind::Duration:
        return field.choices.isEmpty()
                 ? tr("Allowed is a duration, for example 90s, 10m, 2h or 14d.")
                 : tr("Allowed is a duration, for example 90s, 10m, 2h or 14d, or %1.").arg(field.choices.constFirst());
    case FieldInfo::Kind::Size:
        return tr("Allowed is a size, for example 64K, 512M or 2G.");
    case FieldInfo::Kind::YesNo:
        return tr("Allowed are yes, no, true and false, without quotes.");
    case FieldInfo::Kind::Choice:
        return tr("Allowed are %1.").arg(field.choices.join(QStringLiteral(", ")));
    case FieldInfo::Kind::Paths:
        return tr("Allowed is a list of paths.");
    case FieldInfo::Kind::Arguments:
        return tr("Allowed is a command line, or a list of the program and its arguments.");
    }
    Q_UNREACHABLE();
}

bool isUnquotedKind(FieldInfo::Kind kind)
{
    return kind == FieldInfo::Kind::Number || kind == FieldInfo::Kind::Decimal || kind == FieldInfo::Kind::YesNo;
}

template<typename Owner>
QStringList keysOf(const QList<ConfigField<Owner>> &fields)
{
    QStringList keys;
    for (const ConfigField<Owner> &field : fields)
        keys.append(field.key);
    return keys;
}

} // namespace

QString foundText(const YamlNode &node)
{
    switch (node.kind) {
    case Kind::Null:
        return tr("The key has no value.");
    case Kind::List:
        return tr("Found a list.");
    case Kind::Map:
        return tr("Found a map.");
    case Kind::Text:
        return tr("Found the text '%1'.").arg(shown(node.text));
    }
    Q_UNREACHABLE();
}

QString ConfigFileError::toString() const
{
    QString place = source;
    if (line > 0)
        place += u':' + QString::number(line) + u':' + QString::number(column);
    return place + QStringLiteral(": ") + (key.isEmpty() ? QString() : key + QStringLiteral(": ")) + message;
}

ConfigParser::ConfigParser(const ConfigTree &tree, const QString &file) : m_tree(tree), m_file(file) {}

void ConfigParser::addError(const QString &path, const YamlPosition &position, const QString &message)
{
    const ConfigSource source = m_tree.source(path);
    const bool isInFile = source.kind < ConfigSource::Kind::Variable;
    ConfigFileError error{isInFile ? m_file : source.name, 0, 0, path.left(longestPath), message};
    if (isInFile) {
        error.line = position.line;
        error.column = position.column;
    }
    m_errors.append(error);
}

bool ConfigParser::isMap(const YamlNode &node, const QString &path, const QString &allowed)
{
    if (node.kind == Kind::Map)
        return true;
    if (node.kind != Kind::Null) // a section without keys has the defaults
        addError(path, node.position, foundText(node) + u' ' + allowed);
    return false;
}

template<typename Owner>
Status ConfigParser::parseValueOf(const ConfigField<Owner> &field, const YamlNode &node, Owner &owner) const
{
    const auto wrongType = [&field](const YamlNode &found) {
        return failure(ErrorCode::InvalidArgument, foundText(found) + u' ' + allowedText(field));
    };
    if (node.kind == Kind::List && field.isList()) {
        QStringList items;
        for (const YamlNode &item : node.children) {
            if (item.kind != Kind::Text)
                return wrongType(item);
            items.append(item.text);
        }
        return field.parseList(owner, items);
    }
    if (node.kind != Kind::Text || (node.isQuoted && isUnquotedKind(field.kind)))
        return wrongType(node);
    const Status parsed = field.parse(owner, node.text, Spelling::Current);
    if (parsed)
        return {};
    QString message = parsed.error().message;
    if (!node.text.isEmpty())
        message.replace(u'\'' + node.text + u'\'', u'\'' + shown(node.text) + u'\'');
    return failure(ErrorCode::InvalidArgument, message);
}

template<typename Owner>
void ConfigParser::parseMap(const YamlNode &map, const QString &path, const QList<ConfigField<Owner>> &fields,
                            Owner &owner, const QStringList &otherKeys)
{
    for (const YamlNode &node : map.children) {
        const QString childPath = configPath(path, node.key);
        const auto field = std::find_if(fields.begin(), fields.end(),
                                        [&node](const ConfigField<Owner> &each) { return each.key == node.key; });
        if (field != fields.end()) {
            if (const Status parsed = parseValueOf(*field, node, owner); !parsed)
                addError(childPath, node.position, parsed.error().message);
        } else if (!otherKeys.contains(node.key)) {
            addError(childPath, node.keyPosition,
                     tr("'%1' is not a known key. %2")
                         .arg(shown(node.key), suggestion(node.key, keysOf(fields) + otherKeys)));
        }
    }
}

void ConfigParser::checkRanges(const QString &path, const YamlNode &map, const QList<ConfigError> &errors,
                               bool hadErrors)
{
    if (!m_checksRanges)
        return;
    for (const ConfigError &error : errors) {
        const YamlNode *node = map.child(error.field);
        // Errors of values that the file does not name may be consequences of the errors before.
        if (hadErrors && !node)
            continue;
        const QString childPath = configPath(path, error.field);
        const bool isReported = std::any_of(m_errors.begin(), m_errors.end(),
                                            [&childPath](const ConfigFileError &each) {
                                                return each.key == childPath;
                                            });
        if (isReported)
            continue;
        const bool namesValue = !node || node->kind != Kind::Text || error.message.contains(node->text);
        QString message = namesValue ? error.message : tr("Found '%1'. %2").arg(node->text, error.message);
        if (node && node->text.size() > longestFound)
            message.replace(node->text, shown(node->text));
        addError(childPath, node ? node->position : map.keyPosition, maskSecrets(message));
    }
}

template<typename Owner>
void ConfigParser::parseSection(const QString &key, const QList<ConfigField<Owner>> &fields, Owner &owner)
{
    const YamlNode *section = m_tree.root().child(key);
    const QString allowed = tr("Allowed is a map with the keys %1.").arg(keysOf(fields).join(QStringLiteral(", ")));
    if (!section || !isMap(*section, key, allowed))
        return;
    const qsizetype before = m_errors.size();
    parseMap(*section, key, fields, owner);
    checkRanges(key, *section, validate(owner), m_errors.size() > before);
}

void ConfigParser::parsePools(Configuration &configuration)
{
    static const QRegularExpression poolName(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\\z"));
    const QString key = QStringLiteral("pools");
    const YamlNode *pools = m_tree.root().child(key);
    if (!pools || !isMap(*pools, key, tr("Allowed is a map of pools by their names.")))
        return;
    for (const YamlNode &node : pools->children) {
        const QString path = configPath(key, node.key);
        if (!poolName.match(node.key).hasMatch())
            addError(path, node.keyPosition,
                     tr("'%1' is not the name of a pool. Allowed are at most 64 letters, digits, '-', '_' and '.'.")
                         .arg(shown(node.key)));
        NamedPool pool{node.key, {}};
        pool.config.type = node.key;
        const qsizetype before = m_errors.size();
        if (isMap(node, path, tr("Allowed is a map with the keys of a pool, for example count.")))
            parseMap(node, path, poolFields(), pool.config);
        checkRanges(path, node, pool.config.validate(), m_errors.size() > before);
        configuration.pools.append(pool);
    }
}

Configuration ConfigParser::parse(bool checksRanges)
{
    m_checksRanges = checksRanges;
    Configuration configuration;
    parseMap(m_tree.root(), {}, configurationFields(), configuration, sectionKeys());
    parseSection(QStringLiteral("docker"), dockerConfigFields(), configuration.docker);
    parseSection(QStringLiteral("retention"), retentionFields(), configuration.retention);
    parseSection(QStringLiteral("metrics"), metricsFields(), configuration.metrics);
    parsePools(configuration);
    return configuration;
}

} // namespace lifeguard
