// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dashboard/dashboardarguments.h"

#include "core/config/defaultdatabase.h"
#include "core/config/outputroots.h"
#include "core/config/poolspec.h"
#include "ui/dashboardconfig.h"
#include "ui/recentdatabases.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QSettings>

namespace lifeguard {

namespace {

const QString themeKey = QStringLiteral("theme"); ///< the name of the option and of the setting

/// The translation context of the program lifeguard.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard)
};

QString absolutePath(const QString &path)
{
    return path.isEmpty() ? QString() : QDir::cleanPath(QDir::current().absoluteFilePath(path));
}

Status invalid(const QString &message)
{
    return failure(ErrorCode::InvalidArgument, message);
}

} // namespace

DashboardArguments::DashboardArguments()
{
    m_parser.setApplicationDescription(Text::tr("Runs and watches pools of conversion workers."));
    m_parser.addHelpOption();
    m_parser.addVersionOption();
    m_parser.addOptions({
        {QStringLiteral("db"),
         Text::tr("The database. It is created if it does not exist. Default: $DB_PATH, $CLM_JOBS_DB_PATH, or "
                  "clx_jobs.db or "
                  "clm_jobs.db in the workspace."),
         Text::tr("FILE")},
        {QStringLiteral("workspace"),
         Text::tr("The folder of the input and output files. Default: $WORKSPACE_PATH, or the folder of the database."),
         Text::tr("DIR")},
        {QStringLiteral("config"),
         Text::tr("The configuration file. Default: $LIFEGUARD_CONFIG, lifeguard.yaml in the workspace, or "
                  "~/.config/lifeguard/lifeguard.yaml."),
         Text::tr("FILE")},
        {QStringLiteral("profile"),
         Text::tr("The profile of the configuration file. Default: $LIFEGUARD_PROFILE, or none."), Text::tr("NAME")},
        {QStringLiteral("read-only"), Text::tr("Only watch. Do not write to the database.")},
        {QStringLiteral("allow-network-file"),
         Text::tr(
             "Use a database on a network file system even if managers on other machines are registered in it. Only "
             "one machine may use it at a time.")},
        {QStringLiteral("pool"),
         Text::tr("Launch a pool: TYPE=COUNT[,KEY=VALUE…][,command=…]. The keys are %1. Can be repeated.")
             .arg(poolSpecKeys().join(QStringLiteral(", "))),
         Text::tr("SPEC")},
        {QStringLiteral("output-root"),
         Text::tr(
             "A folder outside the workspace to which the workers of all pools may write outputs. Can be repeated."),
         Text::tr("PATH")},
        {QStringLiteral("submit"), Text::tr("Add a file, or all files in a folder, as jobs. Can be repeated."),
         Text::tr("PATH")},
        {themeKey, Text::tr("The theme: light, dark or system. Default: the theme chosen last."), Text::tr("NAME")},
    });
}

void DashboardArguments::handleHelpAndVersion(const QStringList &arguments)
{
    // parse() reports errors. They cannot be detected here, because QApplication has not removed Qt's own arguments,
    // such as -platform, yet.
    (void)m_parser.parse(arguments);
    if (m_parser.isSet(QStringLiteral("version"))) {
        m_parser.showVersion();
    }
    if (m_parser.isSet(QStringLiteral("help"))) {
        m_parser.showHelp();
    }
}

Status DashboardArguments::parse(const QStringList &arguments)
{
    const bool parsed = m_parser.parse(arguments);
    if (m_parser.isSet(QStringLiteral("help-all"))) {
        m_parser.process(arguments); // exits; lists the options of Qt, too
    }
    if (!parsed) {
        return invalid(m_parser.errorText());
    }
    if (!m_parser.positionalArguments().isEmpty()) {
        return invalid(Text::tr("Unexpected argument '%1'.").arg(m_parser.positionalArguments().constFirst()));
    }
    if (const Status read = readTheme(); !read) {
        return failure(read.error());
    }
    if (const Status read = readPools(); !read) {
        return failure(read.error());
    }
    const Result<QStringList> roots = outputRootsFromOptions(m_parser.values(QStringLiteral("output-root")));
    if (!roots) {
        return failure(roots.error());
    }
    m_options.outputRoots = *roots;
    for (const QString &path : m_parser.values(QStringLiteral("submit"))) {
        m_options.submit.append(absolutePath(path));
    }
    m_options.allowNetworkFile = m_parser.isSet(QStringLiteral("allow-network-file"));
    m_options.readOnly = m_parser.isSet(QStringLiteral("read-only"));
    if (m_options.readOnly && !(m_options.pools.isEmpty() && m_options.submit.isEmpty())) {
        return invalid(Text::tr("The options --pool and --submit cannot be combined with --read-only."));
    }
    if (const Status chosen = choosePaths(); !chosen) {
        return failure(chosen.error());
    }
    return readConfig();
}

/// Reads the configuration file. One that the user named must be right; errors of others are shown in the window.
Status DashboardArguments::readConfig()
{
    ConfigOptions options;
    options.environment = QProcessEnvironment::systemEnvironment();
    options.profile = m_parser.value(QStringLiteral("profile"));
    for (const auto &[option, key] : {std::pair("db", "database"), std::pair("workspace", "workspace")}) {
        const QString name = QString::fromLatin1(option);
        if (m_parser.isSet(name)) {
            options.arguments.append({{QString::fromLatin1(key)}, m_parser.value(name), QStringLiteral("--") + name});
        }
    }
    std::optional<RunningConfig> config = findConfig(m_parser.value(QStringLiteral("config")), m_options.workspace,
                                                     std::move(options));
    if (!config) {
        return {};
    }
    if (!config->selection.result) {
        if (config->selection.found.origin == FoundConfig::Origin::Option) {
            return invalid(errorLines(config->selection.result.error()));
        }
        reportConfigProblem(m_options, *config);
        return {};
    }
    m_config = std::move(config);
    if (m_config->selection.isAgreedTo) {
        applyConfig();
    }
    return {};
}

void DashboardArguments::applyConfig()
{
    const LoadedConfiguration &loaded = *m_config->selection.result;
    const Configuration &configuration = loaded.configuration;
    applyProcessSettings(loaded);
    if (!configuration.database.isEmpty()) {
        m_options.database = configuration.database;
        if (!m_parser.isSet(QStringLiteral("workspace")) && qEnvironmentVariableIsEmpty("WORKSPACE_PATH")) {
            m_options.workspace = QFileInfo(configuration.database).absolutePath();
        }
    }
    if (!configuration.workspace.isEmpty()) {
        m_options.workspace = configuration.workspace;
    }
    useConfig(m_options, *m_config);
}

const ConfigSelection *DashboardArguments::configToAgreeTo() const
{
    return m_config && !m_config->selection.isAgreedTo ? &m_config->selection : nullptr;
}

Status DashboardArguments::agreeToConfig()
{
    ConfigSelection &selection = m_config->selection;
    selection.isAgreedTo = true;
    applyConfig();
    return m_config->trust.trust(selection.found.path, selection.content);
}

Status DashboardArguments::readTheme()
{
    if (!m_parser.isSet(themeKey)) {
        m_theme = theme::modeFromString(QSettings().value(themeKey).toString()).value_or(theme::Mode::System);
        return {};
    }
    const auto mode = theme::modeFromString(m_parser.value(themeKey));
    if (!mode) {
        return invalid(Text::tr("There is no theme '%1'. Use light, dark or system.").arg(m_parser.value(themeKey)));
    }
    m_theme = *mode;
    return {};
}

Status DashboardArguments::readPools()
{
    for (const QString &spec : m_parser.values(QStringLiteral("pool"))) {
        const Result<WorkerConfig> config = parsePoolOption(spec);
        if (!config) {
            return failure(config.error());
        }
        m_options.pools.append(*config);
    }
    return {};
}

Status DashboardArguments::choosePaths()
{
    const auto given = [this](const QString &option, const QString &otherwise) {
        return absolutePath(m_parser.isSet(option) ? m_parser.value(option) : otherwise);
    };
    m_options.database = given(QStringLiteral("db"), databaseOfEnvironment());
    m_options.workspace = given(QStringLiteral("workspace"), qEnvironmentVariable("WORKSPACE_PATH"));
    if (m_options.database.isEmpty() && m_options.workspace.isEmpty()) {
        const QList<DatabaseChoice> recent = recentDatabases();
        if (!recent.isEmpty() && QFileInfo::exists(recent.first().database)) {
            const bool mustWrite = !m_options.pools.isEmpty() || !m_options.submit.isEmpty();
            m_options.database = recent.first().database;
            m_options.workspace = recent.first().workspace;
            m_options.readOnly = m_options.readOnly || (recent.first().readOnly && !mustWrite);
        } else {
            m_options.workspace = QDir::currentPath();
        }
    }
    if (m_options.database.isEmpty()) {
        const Result<QString> database = defaultDatabase(m_options.workspace);
        if (!database) {
            return failure(database.error());
        }
        m_options.database = *database;
    }
    if (m_options.workspace.isEmpty()) {
        m_options.workspace = QFileInfo(m_options.database).absolutePath();
    }
    return {};
}

} // namespace lifeguard
