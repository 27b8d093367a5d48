// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dashboard/dashboardarguments.h"
#include "app/dashboard/runtimefolder.h"
#include "core/base/englishplurals.h"
#include "core/base/terminaltext.h"
#include "core/base/unixsignals.h"
#include "ui/dashboard.h"
#include "ui/dialogs/configconsentdialog.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QLocale>

#include <csignal>
#include <cstdio>

#include <sys/prctl.h>

using namespace lifeguard;

namespace {

int usageError(const QString &message)
{
    const QString hint = QCoreApplication::translate("lifeguard", "Try 'lifeguard --help' for more information.");
    std::fputs(qPrintable(QStringLiteral("lifeguard: ") + terminalLines(message) + QLatin1Char('\n') + hint
                          + QLatin1Char('\n')),
               stderr);
    return 2;
}

void setApplicationProperties()
{
    QCoreApplication::setOrganizationName(QStringLiteral("lifeguard"));
    QCoreApplication::setApplicationName(QStringLiteral("lifeguard"));
    QCoreApplication::setApplicationVersion(QStringLiteral(LIFEGUARD_VERSION));
}

/// Prints the help page or the version and exits if the arguments request it. Called before QApplication is created,
/// which ends the program if there is no display.
void handleHelpAndVersion(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    DashboardArguments().handleHelpAndVersion(QCoreApplication::arguments());
}

} // namespace

int main(int argc, char *argv[])
{
    setApplicationProperties();
    handleHelpAndVersion(argc, argv);

    // Makes this process the parent of the processes that a killed worker leaves behind, so that they can be found and
    // ended.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ensureRuntimeFolder();

    QApplication application(argc, argv);
    EnglishPluralTranslator englishPlurals;
    QCoreApplication::installTranslator(&englishPlurals);
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Lifeguard"));
    QGuiApplication::setDesktopFileName(QStringLiteral("org.lifeguard.Lifeguard"));
    if (QLocale().language() == QLocale::C) {
        QLocale::setDefault(QLocale(QLocale::English)); // the C locale does not group digits
    }

    DashboardArguments arguments;
    if (const Status parsed = arguments.parse(QCoreApplication::arguments()); !parsed) {
        return usageError(parsed.error().message);
    }
    theme::apply(application, arguments.theme());
    if (const ConfigSelection *config = arguments.configToAgreeTo(); config && askForConfigConsent(*config)) {
        if (const Status remembered = arguments.agreeToConfig(); !remembered) {
            std::fputs(qPrintable(QStringLiteral("lifeguard: ") + terminalLines(remembered.error().message)
                                  + QLatin1Char('\n')),
                       stderr);
        }
    }
    Dashboard dashboard(arguments.theme());
    UnixSignals unixSignals({SIGINT, SIGTERM});
    UnixSignals::exitAfter(3);
    QObject::connect(&unixSignals, &UnixSignals::received, &dashboard, &Dashboard::quitNow);
    dashboard.start(arguments.options());
    return QApplication::exec();
}
