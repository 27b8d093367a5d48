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

/// fields: a list of FieldInfo or ConfigField.
template<typename Fields>
QStringList keysOf(const Fields &fields)
{
    QStringList keys;
    for (const FieldInfo &field : fields)
        keys.append(field.key);
    return keys;
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
    case FieldInfo::Kind::Path:
        return tr("Allowed is a path.");
    case FieldInfo::Kind::TimeOfDay:
        return tr("Allowed is a time of day, for example 08:30.");
    case FieldInfo::Kind::Names:
        return tr("Allowed is a list of names.");
    case FieldInfo::Kind::Choices:
        return tr("Allowed is a list with some of %1.").arg(field.choices.join(QStringLiteral(", ")));
    case FieldInfo::Kind::Map:
        return tr("Allowed is a map of texts by names.");
    case FieldInfo::Kind::Section:
        return tr("Allowed are yes, no, and a map with the keys %1.")
            .arg(keysOf(field.fields).join(QStringLiteral(", ")));
    case FieldInfo::Kind::Sections:
        return tr("Allowed is a list of maps with the keys %1.").arg(keysOf(field.fields).join(QStringLiteral(", ")));
    }
    Q_UNREACHABLE();
}

bool isUnquotedKind(FieldInfo::Kind kind)
{
    return kind == FieldInfo::Kind::Number || kind == FieldInfo::Kind::Decimal || kind == FieldInfo::Kind::YesNo
        || kind == FieldInfo::Kind::Section;
}

/// Returns what was found, without the text itself, which may be a secret.
QString withoutValue(const YamlNode &node)
{
    return node.kind == Kind::Text ? tr("Found a text.") : foundText(node);
}

/// Returns the path without its last key or index; empty if it has only one key.
QString parentPath(const QString &path)
{
    return path.left(std::max<qsizetype>(0, std::max(path.lastIndexOf(u'.'), path.lastIndexOf(u'['))));
}

/// Returns the value at a path such as "scaling.schedule[0].from" in a map, or the innermost one on the way there.
/// Returns nullptr if the map does not contain the first key.
const YamlNode *nodeAt(const YamlNode &map, const QString &path)
{
    const YamlNode *node = nullptr;
    const YamlNode *current = &map;
    for (const QString &part : path.split(u'.')) {
        current = current->child(part.section(u'[', 0, 0));
        if (!current)
            break;
        node = current;
        if (!part.endsWith(u']'))
            continue;
        const size_t index = QStringView(part).chopped(1).split(u'[').constLast().toULong();
        if (index >= current->children.size())
            break;
        node = current = &current->children.at(index);
    }
    return node;
}

/// Returns whether the value with this path must not be displayed.
bool isSecretPath(const QString &field)
{
    return field.startsWith(QLatin1String("environment."));
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
    ConfigSource source = m_tree.source(path);
    for (QString parent = parentPath(path); source.kind == ConfigSource::Kind::Default && !parent.isEmpty();
         parent = parentPath(parent))
        source = m_tree.source(parent);
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
    const bool isWrongWord = field.kind == FieldInfo::Kind::Section && !field.choices.contains(node.text);
    if (node.kind != Kind::Text || isWrongWord || (node.isQuoted && isUnquotedKind(field.kind)))
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
void ConfigParser::parseTexts(const ConfigField<Owner> &field, const YamlNode &node, const QString &path, Owner &owner)
{
    if (node.kind != Kind::Map)
        addError(path, node.position, withoutValue(node) + u' ' + allowedText(field));
    for (const YamlNode &text : node.children) {
        if (node.kind != Kind::Map)
            break;
        if (text.kind == Kind::Text)
            field.setEntry(owner, text.key, text.text);
        else
            addError(configPath(path, text.key), text.position,
                     foundText(text) + u' ' + tr("Allowed is a text; '' is an empty one."));
    }
}

/// Parses a map, or a list of maps. Returns false if the value is neither.
template<typename Owner>
bool ConfigParser::parseMaps(const ConfigField<Owner> &field, const YamlNode &node, const QString &path, Owner &owner)
{
    const QList<ConfigField<Owner>> members(field.members.begin(), field.members.end());
    if (field.kind == FieldInfo::Kind::Section && node.kind == Kind::Map) {
        field.begin(owner);
        parseMap(node, path, members, owner);
        return true;
    }
    if (field.kind != FieldInfo::Kind::Sections || node.kind != Kind::List)
        return false;
    for (size_t i = 0; i < node.children.size(); ++i) {
        const YamlNode &item = node.children.at(i);
        const QString itemPath = path + u'[' + QString::number(i) + u']';
        field.begin(owner);
        if (item.kind == Kind::Map)
            parseMap(item, itemPath, members, owner);
        else
            addError(itemPath, item.position, foundText(item) + u' ' + allowedText(field));
    }
    return true;
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
            if (field->kind == FieldInfo::Kind::Map) {
                parseTexts(*field, node, childPath, owner);
            } else if (!parseMaps(*field, node, childPath, owner)) {
                if (const Status parsed = parseValueOf(*field, node, owner); !parsed)
                    addError(childPath, node.position, parsed.error().message);
            }
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
        const YamlNode *node = nodeAt(map, error.field);
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
        const bool namesValue = !node || node->kind != Kind::Text || error.message.contains(node->text)
                             || isSecretPath(error.field);
        QString message = namesValue ? error.message : tr("Found '%1'. %2").arg(node->text, error.message);
        if (node && node->text.size() > longestFound && !isSecretPath(error.field))
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
        if (m_errors.size() == before)
            checkSharedTarget(node, path, pool.config, configuration.pools);
        configuration.pools.append(pool);
    }
}

/// Pools of a job type that scale share one target.
void ConfigParser::checkSharedTarget(const YamlNode &node, const QString &path, const WorkerConfig &config,
                                     const QList<NamedPool> &earlier)
{
    const auto other = std::find_if(earlier.begin(), earlier.end(), [&config](const NamedPool &pool) {
        return !config.canShareTargetWith(pool.config);
    });
    if (!m_checksRanges || other == earlier.end())
        return;
    const YamlNode *scaling = node.child(QStringLiteral("scaling"));
    addError(configPath(path, QStringLiteral("scaling")), scaling ? scaling->position : node.keyPosition,
             tr("The pool %1 scales the same job type by different rules. Use the same target_per_worker, "
                "scale_up_after, scale_down_after and prefer in both pools, or give one of them a fixed count.")
                 .arg(other->name));
}

Configuration ConfigParser::parse(bool checksRanges)
{
    m_checksRanges = checksRanges;
    Configuration configuration;
    parseMap(m_tree.root(), {}, configurationFields(), configuration, sectionKeys());
    checkRanges({}, m_tree.root(), validate(configuration), false);
    parseSection(QStringLiteral("docker"), dockerConfigFields(), configuration.docker);
    parseSection(QStringLiteral("retention"), retentionFields(), configuration.retention);
    configuration.retention.isConfigured = m_tree.root().child(QStringLiteral("retention")) != nullptr;
    parseSection(QStringLiteral("metrics"), metricsFields(), configuration.metrics);
    parsePools(configuration);
    return configuration;
}

} // namespace lifeguard
