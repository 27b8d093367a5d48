// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/poolspec.h"

#include "core/base/secretmasking.h"
#include "core/config/containerprotections.h"
#include "core/config/outputroots.h"

#include <QCoreApplication>
#include <QLocale>
#include <QProcess>

#include <functional>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PoolSpec", text);
}

Status notANumber(const QString &key, const QString &value)
{
    return failure(ErrorCode::InvalidArgument, tr("%1: '%2' is not a number.").arg(key, value));
}

/// A key of the pool specification, with the functions that parse its value into a configuration and format it.
struct Field
{
    QString key;
    std::function<Status(WorkerConfig &, const QString &)> parse;
    std::function<QString(const WorkerConfig &)> format;
};

template<typename Number>
Field numberField(const char *name, Number WorkerConfig::*member)
{
    const QString key = QString::fromLatin1(name);
    return {key,
            [key, member](WorkerConfig &config, const QString &value) -> Status {
                bool isNumber = false;
                if constexpr (std::is_same_v<Number, double>)
                    config.*member = value.toDouble(&isNumber);
                else if constexpr (std::is_same_v<Number, int>)
                    config.*member = value.toInt(&isNumber);
                else
                    config.*member = Number(value.toLongLong(&isNumber));
                return isNumber ? Status() : notANumber(key, value);
            },
            [member](const WorkerConfig &config) {
                if constexpr (std::is_same_v<Number, seconds>)
                    return QString::number((config.*member).count());
                else if constexpr (std::is_same_v<Number, double>)
                    return QString::number(config.*member, 'g', QLocale::FloatingPointShortest); // lossless
                else
                    return QString::number(config.*member);
            }};
}

Field textField(const char *name, QString WorkerConfig::*member)
{
    return {QString::fromLatin1(name),
            [member](WorkerConfig &config, const QString &value) -> Status {
                config.*member = value;
                return {};
            },
            [member](const WorkerConfig &config) { return config.*member; }};
}

Field yesNoField(const char *name, bool WorkerConfig::*member)
{
    const QString key = QString::fromLatin1(name);
    return {key,
            [key, member](WorkerConfig &config, const QString &value) -> Status {
                config.*member = value == QLatin1String("yes");
                if (value == QLatin1String("yes") || value == QLatin1String("no"))
                    return {};
                return failure(ErrorCode::InvalidArgument, tr("%1: '%2' is neither yes nor no.").arg(key, value));
            },
            [member](const WorkerConfig &config) {
                return config.*member ? QStringLiteral("yes") : QStringLiteral("no");
            }};
}

/// Assigns the value of result to member, or returns its error.
template<typename T>
Status assign(const Result<T> &result, T &member)
{
    if (!result)
        return failure(result.error());
    member = *result;
    return {};
}

const QList<Field> &generalFields()
{
    static const QList<Field> all{
        {QStringLiteral("mode"),
         [](WorkerConfig &c, const QString &value) { return assign(executionModeFromString(value), c.mode); },
         [](const WorkerConfig &c) { return toString(c.mode); }},
        textField("image", &WorkerConfig::image),
        textField("network", &WorkerConfig::network),
        numberField("pids", &WorkerConfig::pidsLimit),
        numberField("memory", &WorkerConfig::memoryLimitMb),
        numberField("cpu", &WorkerConfig::cpuLimit),
        numberField("open-files", &WorkerConfig::openFilesLimit),
        numberField("max-job-time", &WorkerConfig::maxJobTime),
        numberField("grace", &WorkerConfig::stopGrace),
        numberField("registration-timeout", &WorkerConfig::registrationTimeout),
        numberField("stale-after", &WorkerConfig::staleAfter),
        numberField("hung-after", &WorkerConfig::hungAfter),
        yesNoField("restart-hung", &WorkerConfig::restartHung),
        {QStringLiteral("restart"),
         [](WorkerConfig &c, const QString &value) { return assign(restartModeFromString(value), c.restart); },
         [](const WorkerConfig &c) { return toString(c.restart); }},
        numberField("recycle-jobs", &WorkerConfig::recycleAfterJobs),
        numberField("recycle-memory", &WorkerConfig::recycleAboveMb),
        {QStringLiteral("output_roots"),
         [](WorkerConfig &c, const QString &value) -> Status {
             c.outputRoots = splitOutputRoots(value);
             return {};
         },
         [](const WorkerConfig &c) { return joinOutputRoots(c.outputRoots); }},
        yesNoField("detach", &WorkerConfig::detach),
    };
    return all;
}

const QList<Field> &fields()
{
    static const QList<Field> all = [] {
        QList<Field> list = generalFields();
        for (const ContainerProtection &protection : containerProtections)
            list.append(yesNoField(protection.key, protection.isGivenUp));
        return list;
    }();
    return all;
}

QString withHyphens(QString key)
{
    return key.replace(u'_', u'-');
}

/// Returns the field with this key, in which hyphens and underscores are equal.
const Field *findField(const QString &key)
{
    for (const Field &field : fields()) {
        if (withHyphens(field.key) == withHyphens(key))
            return &field;
    }
    return nullptr;
}

/// Quotes an argument for QProcess::splitCommand(), which reads three quotes as one.
QString quoted(const QString &argument)
{
    QString text = argument;
    text.replace(u'"', QLatin1String("\"\"\""));
    return u'"' + text + u'"';
}

/// Returns the configuration that a specification modifies. Its mode is the default of the command line, which differs
/// from the default in files.
WorkerConfig defaults()
{
    WorkerConfig config;
    config.mode = ExecutionMode::Auto;
    return config;
}

} // namespace

QStringList poolSpecKeys()
{
    QStringList keys;
    for (const Field &field : fields())
        keys.append(field.key);
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
            config.command = QProcess::splitCommand(value);
            if (config.command.isEmpty())
                return failure(ErrorCode::InvalidArgument, tr("command: The command is empty."));
        } else if (const Field *field = findField(key)) {
            if (const Status parsed = field->parse(config, value); !parsed)
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

QString toStoredPoolSpec(const WorkerConfig &config)
{
    if (config.detach)
        return toPoolSpec(config);
    WorkerConfig masked = config;
    masked.command = maskedArguments(config.command);
    return toPoolSpec(masked);
}

QString toPoolSpec(const WorkerConfig &config)
{
    QString text = config.type + u'=' + QString::number(config.count);
    const WorkerConfig base = defaults();
    for (const Field &field : fields()) {
        const QString value = field.format(config);
        if (value != field.format(base))
            text += u',' + field.key + u'=' + value;
    }
    if (config.command.isEmpty())
        return text;
    QStringList command;
    for (const QString &argument : config.command)
        command.append(quoted(argument));
    return text + QStringLiteral(",command=") + command.join(u' ');
}

} // namespace lifeguard
