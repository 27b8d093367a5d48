// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tools/drawiotools.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStandardPaths>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Drawio", text);
}

bool isExecutable(const QString &path)
{
    const QFileInfo info(path);
    return info.isFile() && info.isExecutable();
}

QString wrapperBesideUs()
{
    const QString here = QCoreApplication::applicationDirPath();
    // A build's programs; the tests beside them; installed programs.
    for (const QString &place : {QStringLiteral("/lifeguard-drawio"), QStringLiteral("/../bin/lifeguard-drawio"),
                                 QStringLiteral("/../libexec/lifeguard/lifeguard-drawio")}) {
        if (isExecutable(here + place))
            return QFileInfo(here + place).absoluteFilePath();
    }
    return {};
}

/// As the wrapper itself looks for it.
QString applicationOf(const QString &wrapper)
{
    const QString named = qEnvironmentVariable("LIFEGUARD_DRAWIO_APP");
    const QString here = QFileInfo(wrapper).path();
    const QStringList places = !named.isEmpty() ? QStringList{named} : QStringList{here + QStringLiteral("/../../drawio"), here + QStringLiteral("/app"),
                                                                              QFileInfo(QFileInfo(wrapper).canonicalFilePath()).path() + QStringLiteral("/app")};
    for (const QString &place : places) {
        if (QFileInfo(place + QStringLiteral("/export3.html")).isFile())
            return place;
    }
    return {};
}

QString findBrowser()
{
    const QString named = qEnvironmentVariable("LIFEGUARD_CHROMIUM");
    if (!named.isEmpty())
        return QStandardPaths::findExecutable(named);
    for (const QString &name : {QStringLiteral("chromium"), QStringLiteral("chromium-browser"), QStringLiteral("google-chrome-stable"),
                                QStringLiteral("google-chrome")}) {
        if (const QString path = QStandardPaths::findExecutable(name); !path.isEmpty())
            return path;
    }
    return {};
}

} // namespace

DrawioTools DrawioTools::find()
{
    DrawioTools tools;
    // One that is named is meant: falling back to another would hide the mistake.
    if (const QString named = qEnvironmentVariable("LIFEGUARD_DRAWIO"); !named.isEmpty())
        tools.command = QStandardPaths::findExecutable(named);
    else if (tools.command = QStandardPaths::findExecutable(QStringLiteral("drawio")); tools.command.isEmpty())
        tools.command = wrapperBesideUs();
    tools.isOurs = QFileInfo(tools.command).fileName() == QLatin1String("lifeguard-drawio");
    if (tools.isOurs) {
        tools.application = applicationOf(tools.command);
        tools.browser = findBrowser();
    }
    return tools;
}

QString DrawioTools::missing() const
{
    if (command.isEmpty()) {
        const QString named = qEnvironmentVariable("LIFEGUARD_DRAWIO");
        return named.isEmpty() ? tr("draw.io is not installed (no 'drawio' in PATH, and no lifeguard-drawio beside the programs): "
                                    "install draw.io's desktop, or run packaging/run.sh")
                               : tr("draw.io is not installed: LIFEGUARD_DRAWIO names %1, which is no program").arg(named);
    }
    if (!isOurs)
        return {};
    if (application.isEmpty())
        return tr("draw.io is not installed (the diagrams.net application is not there): run packaging/drawio/install.sh");
    if (browser.isEmpty())
        return tr("draw.io cannot run (no Chromium, in which drawings are drawn): apt install chromium");
    return {};
}

} // namespace lifeguard
