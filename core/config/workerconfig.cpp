// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/workerconfig.h"

#include "core/config/jobtypes.h"

#include <QCoreApplication>
#include <QProcess>
#include <QRegularExpression>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::WorkerConfig", text);
}

constexpr int mostWorkers = 1000;

} // namespace

QString toString(ExecutionMode mode)
{
    switch (mode) {
    case ExecutionMode::Auto:
        return QStringLiteral("auto");
    case ExecutionMode::Direct:
        return QStringLiteral("direct");
    case ExecutionMode::Docker:
        return QStringLiteral("docker");
    }
    return {};
}

Result<ExecutionMode> executionModeFromString(const QString &text)
{
    for (const ExecutionMode mode : {ExecutionMode::Auto, ExecutionMode::Direct, ExecutionMode::Docker}) {
        if (text == toString(mode))
            return mode;
    }
    return failure(ErrorCode::InvalidArgument, tr("mode: '%1' is none of auto, direct, docker").arg(text));
}

QList<ConfigError> WorkerConfig::validate() const
{
    QList<ConfigError> errors;
    const auto refuse = [&errors](const char *field, const QString &message) {
        errors.append({QString::fromLatin1(field), message});
    };
    static const QRegularExpression typeName(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\\z"));
    if (type.isEmpty())
        refuse("type", tr("choose a job type, for example plantuml"));
    else if (!typeName.match(type).hasMatch())
        refuse("type", tr("'%1' may have letters, digits, '-', '_' and '.' only, 64 at most").arg(type));
    else if (command.isEmpty() && mode != ExecutionMode::Docker && !jobType(type))
        refuse("type", tr("lifeguard-worker cannot convert '%1'; give a command that can").arg(type));
    if (count < 0 || count > mostWorkers)
        refuse("count", tr("%1 is not between 0 and %2").arg(count).arg(mostWorkers));
    if (mode == ExecutionMode::Docker) {
        if (image.isEmpty())
            refuse("image", tr("docker workers need an image"));
        refuse("mode", tr("docker workers are not in this version yet; choose direct or auto"));
    }
    if (!command.isEmpty() && command.first().trimmed().isEmpty())
        refuse("command", tr("the program's name is empty"));
    if (memoryLimitMb < 0)
        refuse("memory", tr("%1 MB is less than nothing; 0 means no limit").arg(memoryLimitMb));
    else if (memoryLimitMb > 0 && memoryLimitMb < 16)
        refuse("memory", tr("%1 MB is less than the worker itself needs; 16 MB at least, 0 means no limit").arg(memoryLimitMb));
    if (maxJobTime < seconds(1))
        refuse("max-job-time", tr("%1 s is too short; 1 s at least").arg(maxJobTime.count()));
    if (registrationTimeout < seconds(1))
        refuse("registration-timeout", tr("%1 s is too short; 1 s at least").arg(registrationTimeout.count()));
    if (stopGrace < seconds(0))
        refuse("grace", tr("%1 s is less than nothing").arg(stopGrace.count()));
    return errors;
}

Status WorkerConfig::check() const
{
    QStringList lines;
    for (const ConfigError &error : validate())
        lines.append(error.field + QStringLiteral(": ") + error.message);
    if (lines.isEmpty())
        return {};
    return failure(ErrorCode::InvalidArgument, lines.join(u'\n'));
}

Result<WorkerConfig> parsePoolSpec(const QString &text)
{
    WorkerConfig config;
    config.mode = ExecutionMode::Auto;
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
        bool isNumber = true;
        if (first) {
            first = false;
            config.type = key;
            config.count = value.toInt(&isNumber);
            if (!isNumber)
                return failure(ErrorCode::InvalidArgument, tr("count: '%1' is not a number; write TYPE=COUNT, for example plantuml=2").arg(value));
        } else if (key == QStringLiteral("mode")) {
            const Result<ExecutionMode> mode = executionModeFromString(value);
            if (!mode)
                return tl::unexpected(mode.error());
            config.mode = *mode;
        } else if (key == QStringLiteral("image")) {
            config.image = value;
        } else if (key == QStringLiteral("command")) {
            config.command = QProcess::splitCommand(value);
            if (config.command.isEmpty())
                return failure(ErrorCode::InvalidArgument, tr("command: it is empty"));
        } else if (key == QStringLiteral("memory")) {
            config.memoryLimitMb = value.toLongLong(&isNumber);
        } else if (key == QStringLiteral("max-job-time")) {
            config.maxJobTime = seconds(value.toLongLong(&isNumber));
        } else {
            return failure(ErrorCode::InvalidArgument,
                           tr("'%1' is not known here; after TYPE=COUNT may come mode=, image=, memory=, max-job-time= and, last, command=").arg(key));
        }
        if (!isNumber)
            return failure(ErrorCode::InvalidArgument, tr("%1: '%2' is not a number").arg(key, value));
    }
    if (const Status checked = config.check(); !checked)
        return tl::unexpected(checked.error());
    return config;
}

} // namespace lifeguard
