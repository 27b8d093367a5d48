// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/unixsignals.h"
#include "core/config/poolspec.h"
#include "ui/dashboard.h"
#include "ui/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QLocale>
#include <QSettings>

#include <csignal>
#include <cstdio>

#include <sys/prctl.h>

using namespace lifeguard;

namespace {

constexpr int exitUsage = 2;

/// Gives tr() a context without a QObject.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard)
};

int usageError(const QString &message)
{
    std::fputs(qPrintable(QStringLiteral("lifeguard: ") + message + QLatin1Char('\n')), stderr);
    std::fputs(qPrintable(Text::tr("Try: lifeguard --help") + QLatin1Char('\n')), stderr);
    return exitUsage;
}

QString absolute(const QString &path)
{
    return path.isEmpty() ? QString() : QDir::cleanPath(QDir::current().absoluteFilePath(path));
}

/// The database as given, else beside the workspace given, else the one used last, else in this folder.
void choosePlaces(const QCommandLineParser &parser, SessionOptions &options)
{
    const auto given = [&parser](const QString &option, const char *variable) {
        return absolute(parser.isSet(option) ? parser.value(option) : qEnvironmentVariable(variable));
    };
    const QString fileName = QStringLiteral("clx_jobs.db");
    options.database = given(QStringLiteral("db"), "DB_PATH");
    options.workspace = given(QStringLiteral("workspace"), "WORKSPACE_PATH");
    if (options.database.isEmpty() && options.workspace.isEmpty()) {
        const QList<DatabaseChoice> recent = recentDatabases();
        if (!recent.isEmpty() && QFileInfo::exists(recent.first().database)) {
            options.database = recent.first().database;
            options.workspace = recent.first().workspace;
            options.readOnly = options.readOnly || (recent.first().readOnly && options.pools.isEmpty() && options.submit.isEmpty());
        } else {
            options.workspace = QDir::currentPath();
        }
    }
    if (options.database.isEmpty()) {
        options.database = QDir(options.workspace).filePath(fileName);
    }
    if (options.workspace.isEmpty()) {
        options.workspace = QFileInfo(options.database).absolutePath();
    }
}

} // namespace

int main(int argc, char *argv[])
{
    // Orphans of our workers come back to us, so that none is lost.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);

    QApplication application(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("lifeguard"));
    QCoreApplication::setApplicationName(QStringLiteral("lifeguard"));
    QCoreApplication::setApplicationVersion(QStringLiteral(LIFEGUARD_VERSION));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Lifeguard"));
    QGuiApplication::setDesktopFileName(QStringLiteral("org.lifeguard.Lifeguard"));
    if (QLocale().language() == QLocale::C) {
        QLocale::setDefault(QLocale(QLocale::English)); // the C locale does not group digits
    }

    QCommandLineParser parser;
    parser.setApplicationDescription(Text::tr("Runs and watches pools of conversion workers."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions({
        {QStringLiteral("db"), Text::tr("The database; made when missing. Default: DB_PATH, else clx_jobs.db in the workspace."), Text::tr("FILE")},
        {QStringLiteral("workspace"), Text::tr("Where inputs are read and outputs written. Default: WORKSPACE_PATH, else the database's folder."), Text::tr("DIR")},
        {QStringLiteral("read-only"), Text::tr("Only watch.")},
        {QStringLiteral("pool"), Text::tr("Launch a pool: TYPE=COUNT[,KEY=VALUE…][,command=…]; keys: %1. May be given again.").arg(poolSpecKeys().join(QStringLiteral(", "))), Text::tr("SPEC")},
        {QStringLiteral("submit"), Text::tr("Add a file, or all files of a folder, as jobs. May be given again."), Text::tr("PATH")},
        {QStringLiteral("theme"), Text::tr("light, dark or system. Default: what was chosen last."), Text::tr("NAME")},
    });
    parser.process(application);
    if (!parser.positionalArguments().isEmpty()) {
        return usageError(Text::tr("'%1' is not understood.").arg(parser.positionalArguments().first()));
    }
    const QString themeKey = QStringLiteral("theme"); // of the option and of the setting
    const auto mode = parser.isSet(themeKey) ? theme::modeFromString(parser.value(themeKey))
                                             : theme::modeFromString(QSettings().value(themeKey).toString()).value_or(theme::Mode::System);
    if (!mode) {
        return usageError(Text::tr("There is no theme '%1': light, dark or system.").arg(parser.value(themeKey)));
    }
    SessionOptions options;
    options.readOnly = parser.isSet(QStringLiteral("read-only"));
    const QStringList specs = parser.values(QStringLiteral("pool"));
    for (const QString &spec : specs) {
        const Result<WorkerConfig> config = parsePoolSpec(spec);
        if (!config) {
            return usageError(config.error().message);
        }
        options.pools.append(*config);
    }
    const QStringList paths = parser.values(QStringLiteral("submit"));
    for (const QString &path : paths) {
        options.submit.append(absolute(path));
    }
    if (options.readOnly && !(options.pools.isEmpty() && options.submit.isEmpty())) {
        return usageError(Text::tr("--read-only only watches: --pool and --submit cannot be given with it."));
    }
    choosePlaces(parser, options);

    theme::apply(application, *mode);
    Dashboard dashboard(*mode);
    UnixSignals signalsOfUnix({SIGINT, SIGTERM});
    QObject::connect(&signalsOfUnix, &UnixSignals::received, &dashboard, &Dashboard::quitNow);
    dashboard.start(options);
    return QApplication::exec();
}
