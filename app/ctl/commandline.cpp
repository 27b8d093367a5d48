// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandline.h"

#include "app/ctl/console.h"
#include "app/ctl/text.h"
#include "core/config/defaultdatabase.h"

#include <QDir>
#include <QFileInfo>

#include <limits>

namespace lifeguard::ctl {

const QStringList &commonOptionsWithValue()
{
    static const QStringList names{QStringLiteral("db"), QStringLiteral("workspace"), QStringLiteral("config"),
                                   QStringLiteral("profile")};
    return names;
}

CommandLine::CommandLine(const QString &command, const QString &help, Access access)
    : m_command(command)
    , m_access(access)
{
    m_parser.setApplicationDescription(help);
    if (m_access != Access::None) {
        addCommonOption(
            {QStringLiteral("db")},
            Text::tr(
                "The database. Default: $DB_PATH, $CLM_JOBS_DB_PATH, or clx_jobs.db or clm_jobs.db in the workspace."),
            QStringLiteral("FILE"));
        addCommonOption(
            {QStringLiteral("workspace")},
            Text::tr("The folder of the input and output files. Default: $WORKSPACE_PATH, or the current folder."),
            QStringLiteral("DIR"));
        addCommonOption({QStringLiteral("config")},
                        Text::tr("The configuration file. Default: $LIFEGUARD_CONFIG, lifeguard.yaml in the workspace, "
                                 "or ~/.config/lifeguard/lifeguard.yaml."),
                        QStringLiteral("FILE"));
        addCommonOption({QStringLiteral("profile")},
                        Text::tr("The profile of the configuration file. Default: $LIFEGUARD_PROFILE, or none."),
                        QStringLiteral("NAME"));
        if (m_access == Access::Writes) {
            // The option exists so that parse() can explain why it cannot be used.
            QCommandLineOption readOnly(QStringLiteral("read-only"));
            readOnly.setFlags(QCommandLineOption::HiddenFromHelp);
            m_parser.addOption(readOnly);
        } else {
            addCommonOption({QStringLiteral("read-only")}, Text::tr("Do not write to the database."));
        }
        addCommonOption({QStringLiteral("json")}, Text::tr("Print JSON."));
    } else {
        // Accepted and ignored, so that a script can pass the same options to all commands.
        for (const QString &name : commonOptionsWithValue()) {
            QCommandLineOption option(name, QString(), QStringLiteral("VALUE"));
            option.setFlags(QCommandLineOption::HiddenFromHelp);
            m_parser.addOption(option);
        }
    }
    addCommonOption({QStringLiteral("h"), QStringLiteral("help")}, Text::tr("Print this help."));
}

void CommandLine::addCommonOption(const QStringList &names, const QString &description, const QString &valueName)
{
    m_parser.addOption(QCommandLineOption(names, description, valueName));
    m_options.append({names, description, valueName, {}});
}

void CommandLine::addOption(const QString &name, const QString &description, const QString &valueName,
                            const QStringList &choices)
{
    m_parser.addOption(QCommandLineOption(name, description, valueName));
    m_options.append({{name}, description, valueName, choices});
}

void CommandLine::addPositional(const QString &name, const QString &description, const QString &syntax,
                                const QStringList &choices)
{
    m_parser.addPositionalArgument(name, description, syntax);
    m_arguments.append({name, description, syntax, choices});
}

Status CommandLine::parse(const QStringList &arguments)
{
    if (!m_parser.parse(QStringList{QStringLiteral("lifeguardctl")} + arguments)) {
        return failure(ErrorCode::InvalidArgument, m_parser.errorText());
    }
    if (m_access == Access::None) {
        return {};
    }
    for (const QString &name : commonOptionsWithValue()) {
        if (isSet(name) && value(name).isEmpty()) {
            return failure(ErrorCode::InvalidArgument, Text::tr("The option --%1 needs a value.").arg(name));
        }
    }
    if (m_access == Access::Writes && isSet(QStringLiteral("read-only"))) {
        return failure(
            ErrorCode::InvalidArgument,
            Text::tr("The command %1 writes to the database and cannot be used with --read-only.").arg(m_command));
    }
    if (isHelpRequested() || m_access == Access::Config) {
        return {};
    }
    if (const Status read = readConfig(); !read) {
        m_isConfigBroken = true;
        return failure(read.error());
    }
    return chooseDatabase();
}

ConfigPlaces CommandLine::configPlaces() const
{
    return ConfigPlaces::of(QProcessEnvironment::systemEnvironment(), value(QStringLiteral("config")),
                            workspaceWithoutConfig());
}

ConfigOptions CommandLine::configOptions() const
{
    ConfigOptions options;
    options.profile = value(QStringLiteral("profile"));
    options.environment = QProcessEnvironment::systemEnvironment();
    if (isSet(QStringLiteral("db"))) {
        options.arguments.append({{QStringLiteral("database")}, value(QStringLiteral("db")), QStringLiteral("--db")});
    }
    if (isSet(QStringLiteral("workspace"))) {
        options.arguments.append(
            {{QStringLiteral("workspace")}, value(QStringLiteral("workspace")), QStringLiteral("--workspace")});
    }
    return options;
}

Status CommandLine::readConfig()
{
    m_config = loadConfig(configPlaces(), configOptions(), ConfigTrust());
    if (!m_config) {
        if (isSet(QStringLiteral("profile"))) {
            return failure(ErrorCode::InvalidArgument,
                           Text::tr("There is no configuration file that could contain the profile '%1'.")
                               .arg(value(QStringLiteral("profile"))));
        }
        return {};
    }
    if (m_config->isAgreedTo) {
        return m_config->result ? Status() : failure(ErrorCode::InvalidArgument, errorLines(m_config->result.error()));
    }
    // The command `run` refuses to run without the consent. Other commands start no programs.
    const bool changesDatabase = m_config->result
                              && !(m_config->result->configuration.database.isEmpty()
                                   && m_config->result->configuration.workspace.isEmpty());
    if (m_access != Access::Config && changesDatabase && !isSet(QStringLiteral("db"))) {
        printNotice(consentText(m_config->found.path));
    }
    return {};
}

QString CommandLine::helpText() const
{
    // QCommandLineParser prints only the name of the program; the usage line also needs the name of the command.
    const QString help = m_parser.helpText();
    const qsizetype options = help.indexOf(QLatin1Char('['));
    return options > 0
             ? Text::tr("Usage: %1").arg(QStringLiteral("lifeguardctl %1 ").arg(m_command)) + help.mid(options)
             : help;
}

Result<int> CommandLine::number(const QString &name, int fallback, int minimum) const
{
    if (!isSet(name)) {
        return fallback;
    }
    bool isNumber = false;
    const int number = value(name).toInt(&isNumber);
    if (isNumber && number >= minimum) {
        return number;
    }
    if (minimum == std::numeric_limits<int>::min()) {
        return failure(ErrorCode::InvalidArgument,
                       Text::tr("The option --%1 needs a whole number, not '%2'.").arg(name, value(name)));
    }
    return failure(ErrorCode::InvalidArgument,
                   Text::tr("The option --%1 needs a whole number of at least %2, not '%3'.")
                       .arg(name, QString::number(minimum), value(name)));
}

QString CommandLine::workspace() const
{
    if (m_config && m_config->isUsable() && !m_config->result->configuration.workspace.isEmpty()) {
        return m_config->result->configuration.workspace;
    }
    return workspaceWithoutConfig();
}

QString CommandLine::workspaceWithoutConfig() const
{
    QString folder = value(QStringLiteral("workspace"));
    if (folder.isEmpty()) {
        folder = qEnvironmentVariable("WORKSPACE_PATH");
    }
    return folder.isEmpty() ? QDir::currentPath() : QDir::cleanPath(QFileInfo(folder).absoluteFilePath());
}

Status CommandLine::chooseDatabase()
{
    QString path = value(QStringLiteral("db"));
    if (path.isEmpty() && m_config && m_config->isUsable()) {
        path = m_config->result->configuration.database;
    }
    if (path.isEmpty()) {
        path = databaseOfEnvironment();
    }
    if (!path.isEmpty()) {
        m_databasePath = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
        return {};
    }
    const Result<QString> database = defaultDatabase(workspace());
    if (!database) {
        return failure(database.error());
    }
    m_databasePath = *database;
    return {};
}

Result<std::unique_ptr<Database>> CommandLine::openDatabase(OpenMode mode) const
{
    Result<std::unique_ptr<Database>> database = Database::open(databasePath(), isSet(QStringLiteral("read-only"))
                                                                                    ? OpenMode::ReadOnly
                                                                                    : mode);
    if (database) {
        printNotice((*database)->info().notice);
    }
    return database;
}

} // namespace lifeguard::ctl
