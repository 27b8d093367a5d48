// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/poolspec.h"

#include "core/base/secretmasking.h"
#include "core/config/poolfields.h"
#include "core/config/workervariables.h"

#include <QCoreApplication>
#include <QDir>
#include <QUrl>

#include <algorithm>
#include <array>

namespace lifeguard {
namespace {

/// The keys that are not written as KEY=VALUE: TYPE=COUNT begins a specification, and the command ends it.
constexpr std::array positionalKeys{QLatin1String("type"), QLatin1String("count"), QLatin1String("command")};

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PoolSpec", text);
}

bool isPositional(const QString &key)
{
    return std::find(positionalKeys.begin(), positionalKeys.end(), key) != positionalKeys.end();
}

/// Returns the field that a specification names KEY, or nullptr.
const PoolField *namedField(const QString &key)
{
    const PoolField *field = poolFieldOfAnySpelling(key);
    return field && !isPositional(field->key) ? field : nullptr;
}

/// Returns the map to which "MAP.NAME" adds a text, or nullptr.
const PoolField *mapField(const QString &key)
{
    const qsizetype dot = key.indexOf(u'.');
    const PoolField *field = dot < 0 ? nullptr : poolFieldOfAnySpelling(key.left(dot));
    return field && field->kind == FieldInfo::Kind::Map ? field : nullptr;
}

/// Returns whether commas and spaces at the ends of the values are encoded, because they would end the value.
bool isEncoded(FieldInfo::Kind kind)
{
    return kind == FieldInfo::Kind::Path || kind == FieldInfo::Kind::Map;
}

QString encoded(const QString &value)
{
    QString text;
    for (qsizetype i = 0; i < value.size(); ++i) {
        const QChar c = value.at(i);
        const bool isAtEnd = i == 0 || i == value.size() - 1;
        const bool isSpecial = c == u',' || c == u'%' || (isAtEnd && c.isSpace());
        text += isSpecial ? QString::fromLatin1(QUrl::toPercentEncoding(c, {}, ",")) : QString(c);
    }
    return text;
}

QString decoded(const QString &text)
{
    return QUrl::fromPercentEncoding(text.toUtf8());
}

Status parseField(const PoolField &field, WorkerConfig &config, const QString &text)
{
    const QString value = isEncoded(field.kind) ? decoded(text) : text;
    const Status parsed = field.parse(config, value, Spelling::Old);
    if (!parsed)
        return failure(ErrorCode::InvalidArgument, field.key + QStringLiteral(": ") + parsed.error().message);
    return {};
}

/// Parses the part "KEY=VALUE" after TYPE=COUNT.
Status parsePart(const QString &key, const QString &part, WorkerConfig &config)
{
    const QString value = part.section(u'=', 1).trimmed();
    if (key == QStringLiteral("command"))
        return parseField(*poolField(key), config, value);
    if (const PoolField *map = mapField(key)) {
        if (!part.contains(u'='))
            return failure(ErrorCode::InvalidArgument, tr("%1: The value is missing. Use %1=VALUE.").arg(key));
        map->setEntry(config, key.mid(key.indexOf(u'.') + 1), decoded(value));
        return {};
    }
    const PoolField *field = namedField(key);
    if (field && field->kind != FieldInfo::Kind::Map)
        return parseField(*field, config, value);
    if (field)
        return failure(ErrorCode::InvalidArgument,
                       tr("%1: The name is missing. Use %1.NAME=VALUE, once for each name.").arg(field->key));
    return failure(ErrorCode::InvalidArgument,
                   tr("'%1' is not a known key. The keys after TYPE=COUNT are %2 and, as the last one, command.")
                       .arg(key, poolSpecKeys().join(QStringLiteral(", "))));
}

/// Returns whether workers would run differently without the keys that older versions do not know.
bool setsUpProcesses(const WorkerConfig &config)
{
    return !config.environment.isEmpty() || !config.passEnvironment.isEmpty() || !config.envFile.isEmpty()
        || !config.workingDir.isEmpty();
}

/// Returns the configuration that a specification modifies. Its mode is the default of the command line, which differs
/// from the default in files.
WorkerConfig defaults()
{
    WorkerConfig config;
    config.mode = ExecutionMode::Auto;
    return config;
}

QString format(const WorkerConfig &config, Spelling spelling)
{
    QString text = config.type + u'=' + QString::number(config.count);
    const WorkerConfig base = defaults();
    for (const PoolField &field : flatPoolFields()) {
        if (isPositional(field.key) || (spelling == Spelling::Old && field.isUnknownToOldVersions))
            continue;
        if (field.kind == FieldInfo::Kind::Map) {
            const QMap<QString, QString> entries = field.entries(config);
            for (auto entry = entries.cbegin(); entry != entries.cend(); ++entry)
                text += u',' + field.key + u'.' + entry.key() + u'=' + encoded(entry.value());
            continue;
        }
        const QString plain = field.format(config, spelling);
        if (plain == field.format(base, spelling))
            continue;
        const QString value = isEncoded(field.kind) ? encoded(plain) : plain;
        const bool isOld = spelling == Spelling::Old && !field.oldKey.isEmpty();
        text += u',' + (isOld ? field.oldKey : field.key) + u'=' + value;
    }
    if (!config.command.isEmpty())
        text += QStringLiteral(",command=") + formatArguments(config.command);
    return text;
}

} // namespace

QStringList poolSpecKeys()
{
    QStringList keys;
    for (const PoolField &field : flatPoolFields()) {
        if (field.kind == FieldInfo::Kind::Map)
            keys.append(field.key + QStringLiteral(".NAME"));
        else if (!isPositional(field.key))
            keys.append(field.key);
    }
    return keys;
}

Result<WorkerConfig> parsePoolSpec(const QString &text)
{
    WorkerConfig config = defaults();
    QString rest = text;
    bool first = true;
    while (!rest.isEmpty()) {
        // The command is the rest of the text and may contain commas.
        const bool isCommand = rest.trimmed().startsWith(QStringLiteral("command="));
        const qsizetype comma = isCommand ? -1 : rest.indexOf(u',');
        const QString part = comma < 0 ? rest : rest.left(comma);
        rest = comma < 0 ? QString() : rest.mid(comma + 1);
        const QString key = part.section(u'=', 0, 0).trimmed();
        const QString value = part.section(u'=', 1).trimmed();
        if (first) {
            first = false;
            bool isNumber = false;
            config.type = key;
            config.count = value.toInt(&isNumber);
            if (!isNumber)
                return failure(ErrorCode::InvalidArgument,
                               tr("count: '%1' is not a number. Use TYPE=COUNT, for example plantuml=2.").arg(value));
        } else if (const Status parsed = parsePart(key, part, config); !parsed) {
            return failure(parsed.error());
        }
    }
    if (const Status checked = config.check(); !checked)
        return failure(checked.error());
    return config;
}

Result<WorkerConfig> parsePoolOption(const QString &text)
{
    Result<WorkerConfig> config = parsePoolSpec(text);
    if (!config)
        return config;
    const auto resolve = [](QString &path) {
        path = path.isEmpty() ? path : QDir::cleanPath(QDir::current().absoluteFilePath(path));
    };
    resolve(config->envFile);
    if (config->mode == ExecutionMode::Direct)
        resolve(config->workingDir);
    return config;
}

QString toPoolSpec(const WorkerConfig &config)
{
    return format(config, Spelling::Current);
}

QString toMaskedPoolSpec(const WorkerConfig &config)
{
    WorkerConfig masked = withMaskedVariables(config);
    if (!config.detach)
        masked.command = maskedArguments(config.command);
    return format(masked, Spelling::Current);
}

Result<WorkerConfig> parseStoredPoolSpec(const QString &stored, const QString &current)
{
    if (!current.isEmpty()) {
        if (const Result<WorkerConfig> config = parsePoolSpec(current))
            return config;
    }
    return parsePoolSpec(stored);
}

QString toStoredPoolSpec(const WorkerConfig &config)
{
    WorkerConfig stored = config;
    if (!config.detach)
        stored.command = maskedArguments(config.command);
    if (setsUpProcesses(config))
        stored.restart = RestartMode::Never;
    return format(stored, Spelling::Old);
}

} // namespace lifeguard
