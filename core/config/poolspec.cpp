// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/poolspec.h"

#include "core/base/secretmasking.h"
#include "core/config/poolfields.h"

#include <QCoreApplication>

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

Status parseField(const PoolField &field, WorkerConfig &config, const QString &value)
{
    const Status parsed = field.parse(config, value, Spelling::Old);
    if (!parsed)
        return failure(ErrorCode::InvalidArgument, field.key + QStringLiteral(": ") + parsed.error().message);
    return {};
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
    for (const PoolField &field : poolFields()) {
        const QString value = field.format(config, spelling);
        if (isPositional(field.key) || value == field.format(base, spelling))
            continue;
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
    for (const PoolField &field : poolFields()) {
        if (!isPositional(field.key))
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
        } else if (key == QStringLiteral("command")) {
            if (const Status parsed = parseField(*poolField(key), config, value); !parsed)
                return failure(parsed.error());
        } else if (const PoolField *field = namedField(key)) {
            if (const Status parsed = parseField(*field, config, value); !parsed)
                return failure(parsed.error());
        } else {
            return failure(
                ErrorCode::InvalidArgument,
                tr("'%1' is not a known key. The keys after TYPE=COUNT are %2 and, as the last one, command.")
                    .arg(key, poolSpecKeys().join(QStringLiteral(", "))));
        }
    }
    if (const Status checked = config.check(); !checked)
        return failure(checked.error());
    return config;
}

QString toPoolSpec(const WorkerConfig &config)
{
    return format(config, Spelling::Current);
}

QString toStoredPoolSpec(const WorkerConfig &config)
{
    WorkerConfig stored = config;
    if (!config.detach)
        stored.command = maskedArguments(config.command);
    return format(stored, Spelling::Old);
}

} // namespace lifeguard
