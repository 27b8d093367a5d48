// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandline.h"

#include "app/ctl/commands.h"
#include "app/ctl/output.h"

#include <QDir>
#include <QFileInfo>

#include <limits>

namespace lifeguard::ctl {

const QStringList &commonOptionsWithValue()
{
    static const QStringList names{QStringLiteral("db"), QStringLiteral("workspace")};
    return names;
}

CommandLine::CommandLine(const QString &command, const QString &description, Access access)
    : m_command(command)
    , m_access(access)
{
    m_parser.setApplicationDescription(description);
    m_parser.addOptions({
        {QStringLiteral("db"), Text::tr("The database (default: $DB_PATH, else clx_jobs.db in the workspace)."), QStringLiteral("FILE")},
        {QStringLiteral("workspace"), Text::tr("The folder of inputs and outputs (default: $WORKSPACE_PATH, else the current folder)."),
         QStringLiteral("DIR")},
        {QStringLiteral("read-only"), Text::tr("Only watch: write not a byte.")},
        {QStringLiteral("json"), Text::tr("Print JSON.")},
        {{QStringLiteral("h"), QStringLiteral("help")}, Text::tr("Print this help.")},
    });
}

void CommandLine::addOption(const QString &name, const QString &description, const QString &valueName)
{
    m_parser.addOption(QCommandLineOption(name, description, valueName));
}

void CommandLine::addPositional(const QString &name, const QString &description, const QString &syntax)
{
    m_parser.addPositionalArgument(name, description, syntax);
}

std::optional<int> CommandLine::parse(const QStringList &arguments)
{
    const QString program = QStringLiteral("lifeguardctl ") + m_command;
    const bool parsed = m_parser.parse(QStringList{program} + arguments);
    if (m_parser.isSet(QStringLiteral("help"))) {
        // QCommandLineParser names the program's file; the command belongs to it.
        QString help = m_parser.helpText();
        const qsizetype at = help.indexOf(QLatin1Char('['));
        if (at > 0) {
            help = QStringLiteral("Usage: lifeguardctl ") + m_command + QLatin1Char(' ') + help.mid(at);
        }
        printText(help);
        return ExitWell;
    }
    if (!parsed) {
        return usageError(m_parser.errorText());
    }
    for (const QString &name : commonOptionsWithValue()) {
        if (isSet(name) && value(name).isEmpty()) {
            return usageError(Text::tr("--%1 needs a value.").arg(name));
        }
    }
    if (m_access == Access::Writes && isSet(QStringLiteral("read-only"))) {
        return usageError(Text::tr("%1 writes to the database: it cannot be used with --read-only.").arg(m_command));
    }
    return std::nullopt;
}

Result<int> CommandLine::number(const QString &name, int fallback, int minimum) const
{
    if (!isSet(name)) {
        return fallback;
    }
    bool good = false;
    const int number = value(name).toInt(&good);
    if (!good || number < minimum) {
        const QString range = minimum == std::numeric_limits<int>::min() ? Text::tr("a whole number")
                                                                         : Text::tr("a whole number of at least %1").arg(minimum);
        return failure(ErrorCode::InvalidArgument, Text::tr("--%1 needs %2, not '%3'.").arg(name, range, value(name)));
    }
    return number;
}

QString CommandLine::workspace() const
{
    QString folder = value(QStringLiteral("workspace"));
    if (folder.isEmpty()) {
        folder = qEnvironmentVariable("WORKSPACE_PATH");
    }
    return folder.isEmpty() ? QDir::currentPath() : QDir::cleanPath(QFileInfo(folder).absoluteFilePath());
}

QString CommandLine::databasePath() const
{
    QString path = value(QStringLiteral("db"));
    if (path.isEmpty()) {
        path = qEnvironmentVariable("DB_PATH");
    }
    if (path.isEmpty()) {
        return QDir(workspace()).filePath(QStringLiteral("clx_jobs.db"));
    }
    return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}

Result<std::unique_ptr<Database>> CommandLine::openDatabase(OpenMode mode) const
{
    Result<std::unique_ptr<Database>> database = Database::open(databasePath(), isSet(QStringLiteral("read-only")) ? OpenMode::ReadOnly : mode);
    if (database && !(*database)->info().notice.isEmpty())
        printError((*database)->info().notice);
    return database;
}

int CommandLine::usageError(const QString &message) const
{
    printError(message);
    printError(Text::tr("Try: lifeguardctl %1 --help").arg(m_command));
    return ExitUsage;
}

} // namespace lifeguard::ctl
