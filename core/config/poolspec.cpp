// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/poolspec.h"

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
    return failure(ErrorCode::InvalidArgument, tr("%1: '%2' is not a number").arg(key, value));
}

/// One key of the text, and how it is read into and written from a configuration.
struct Field
{
    QString key;
    std::function<Status(WorkerConfig &, const QString &)> read;
    std::function<QString(const WorkerConfig &)> write;
};

template <typename Number>
Field number(const char *name, Number WorkerConfig::*member)
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
                    return QString::number(config.*member, 'g', QLocale::FloatingPointShortest); // reads back as the same number
                else
                    return QString::number(config.*member);
            }};
}

Field text(const char *name, QString WorkerConfig::*member)
{
    return {QString::fromLatin1(name),
            [member](WorkerConfig &config, const QString &value) -> Status { config.*member = value; return {}; },
            [member](const WorkerConfig &config) { return config.*member; }};
}

Field yesOrNo(const char *name, bool WorkerConfig::*member)
{
    const QString key = QString::fromLatin1(name);
    return {key,
            [key, member](WorkerConfig &config, const QString &value) -> Status {
                config.*member = value == QLatin1String("yes");
                if (value == QLatin1String("yes") || value == QLatin1String("no"))
                    return {};
                return failure(ErrorCode::InvalidArgument, tr("%1: '%2' is neither yes nor no").arg(key, value));
            },
            [member](const WorkerConfig &config) { return config.*member ? QStringLiteral("yes") : QStringLiteral("no"); }};
}

/// As Result's value into the member, or its error.
template <typename T>
Status take(const Result<T> &result, T &member)
{
    if (!result)
        return tl::unexpected(result.error());
    member = *result;
    return {};
}

const QList<Field> &fields()
{
    static const QList<Field> all{
        {QStringLiteral("mode"), [](WorkerConfig &c, const QString &value) { return take(executionModeFromString(value), c.mode); },
         [](const WorkerConfig &c) { return toString(c.mode); }},
        text("image", &WorkerConfig::image),
        text("network", &WorkerConfig::network),
        number("pids", &WorkerConfig::pidsLimit),
        number("memory", &WorkerConfig::memoryLimitMb),
        number("cpu", &WorkerConfig::cpuLimit),
        number("open-files", &WorkerConfig::openFilesLimit),
        number("max-job-time", &WorkerConfig::maxJobTime),
        number("grace", &WorkerConfig::stopGrace),
        number("registration-timeout", &WorkerConfig::registrationTimeout),
        number("stale-after", &WorkerConfig::staleAfter),
        number("hung-after", &WorkerConfig::hungAfter),
        yesOrNo("restart-hung", &WorkerConfig::restartHung),
        {QStringLiteral("restart"), [](WorkerConfig &c, const QString &value) { return take(restartModeFromString(value), c.restart); },
         [](const WorkerConfig &c) { return toString(c.restart); }},
        number("recycle-jobs", &WorkerConfig::recycleAfterJobs),
        number("recycle-memory", &WorkerConfig::recycleAboveMb),
        yesOrNo("detach", &WorkerConfig::detach),
    };
    return all;
}

const Field *fieldOf(const QString &key)
{
    for (const Field &field : fields()) {
        if (field.key == key)
            return &field;
    }
    return nullptr;
}

/// As QProcess::splitCommand() takes it apart again: blanks are kept in quotes, three quotes are one.
QString quoted(const QString &argument)
{
    QString text = argument;
    text.replace(u'"', QLatin1String("\"\"\""));
    return u'"' + text + u'"';
}

/// What every part of the text starts from: the mode is the command line's default, not that of files.
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
        // A command takes the rest: it may hold commas itself.
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
                return failure(ErrorCode::InvalidArgument, tr("count: '%1' is not a number; write TYPE=COUNT, for example plantuml=2").arg(value));
        } else if (key == QStringLiteral("command")) {
            config.command = QProcess::splitCommand(value);
            if (config.command.isEmpty())
                return failure(ErrorCode::InvalidArgument, tr("command: it is empty"));
        } else if (const Field *field = fieldOf(key)) {
            if (const Status read = field->read(config, value); !read)
                return tl::unexpected(read.error());
        } else {
            return failure(ErrorCode::InvalidArgument,
                           tr("'%1' is not known here; after TYPE=COUNT may come %2 and, last, command=")
                               .arg(key, poolSpecKeys().join(QStringLiteral("=, ")) + u'='));
        }
    }
    if (const Status checked = config.check(); !checked)
        return tl::unexpected(checked.error());
    return config;
}

QString toPoolSpec(const WorkerConfig &config)
{
    QString text = config.type + u'=' + QString::number(config.count);
    const WorkerConfig usual = defaults();
    for (const Field &field : fields()) {
        const QString value = field.write(config);
        if (value != field.write(usual))
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
