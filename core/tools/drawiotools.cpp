// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tools/drawiotools.h"

#include "core/base/fileversion.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
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

QString findWrapper()
{
    const QString here = QCoreApplication::applicationDirPath();
    // The first two paths are those in a build folder, for programs and for tests; the third one is the installed path.
    for (const QString &place : {QStringLiteral("/lifeguard-drawio"), QStringLiteral("/../bin/lifeguard-drawio"),
                                 QStringLiteral("/../libexec/lifeguard/lifeguard-drawio")}) {
        if (isExecutable(here + place))
            return QFileInfo(here + place).absoluteFilePath();
    }
    return {};
}

/// Returns the folder of the diagrams.net application. Searches the same folders as the wrapper.
QString findApplication(const QString &wrapper)
{
    const QString named = qEnvironmentVariable("LIFEGUARD_DRAWIO_APP");
    const QString here = QFileInfo(wrapper).path();
    const QStringList places = !named.isEmpty()
                                 ? QStringList{named}
                                 : QStringList{here + QStringLiteral("/../../drawio"), here + QStringLiteral("/app"),
                                               QFileInfo(QFileInfo(wrapper).canonicalFilePath()).path()
                                                   + QStringLiteral("/app")};
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
    for (const QString &name : {QStringLiteral("chromium"), QStringLiteral("chromium-browser"),
                                QStringLiteral("google-chrome-stable"), QStringLiteral("google-chrome")}) {
        if (const QString path = QStandardPaths::findExecutable(name); !path.isEmpty())
            return path;
    }
    return {};
}

/// Returns a hash of the wrapper's files. Their times differ between copies of the same version.
QString wrapperHash(const QString &wrapper)
{
    const QString program = QFileInfo(wrapper).canonicalFilePath();
    const QString folder = QFileInfo(program).path() + QStringLiteral("/lifeguard_drawio");
    QStringList paths{program};
    const QFileInfoList files = QDir(folder).entryInfoList({QStringLiteral("*.py"), QStringLiteral("*.js")},
                                                           QDir::Files, QDir::Name);
    for (const QFileInfo &file : files)
        paths.append(file.filePath());
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QString &path : paths) {
        QFile file(path);
        if (file.open(QIODevice::ReadOnly))
            hash.addData(file.readAll());
    }
    return QString::fromLatin1(hash.result().toHex());
}

} // namespace

DrawioTools DrawioTools::find()
{
    DrawioTools tools;
    // Do not fall back to another command if the variable is wrong: that would hide the mistake.
    if (const QString named = qEnvironmentVariable("LIFEGUARD_DRAWIO"); !named.isEmpty())
        tools.command = QStandardPaths::findExecutable(named);
    else if (tools.command = QStandardPaths::findExecutable(QStringLiteral("drawio")); tools.command.isEmpty())
        tools.command = findWrapper();
    tools.isWrapper = QFileInfo(tools.command).fileName() == QLatin1String("lifeguard-drawio");
    if (tools.isWrapper) {
        tools.application = findApplication(tools.command);
        tools.browser = findBrowser();
    }
    return tools;
}

QString DrawioTools::identity() const
{
    if (!isWrapper)
        return fileVersion(command);
    // The application is identified by its largest part, which contains its version.
    return QStringList{wrapperHash(command), fileVersion(application + QStringLiteral("/js/app.min.js")),
                       fileVersion(browser)}
        .join(QStringLiteral("; "));
}

QString DrawioTools::missingMessage() const
{
    if (command.isEmpty()) {
        const QString named = qEnvironmentVariable("LIFEGUARD_DRAWIO");
        if (!named.isEmpty())
            return tr("draw.io is not installed: LIFEGUARD_DRAWIO is %1, which is not an executable program.")
                .arg(named);
        return tr("draw.io is not installed: there is no 'drawio' in PATH, and no lifeguard-drawio beside Lifeguard's "
                  "programs. Install draw.io's desktop program, or run packaging/run.sh");
    }
    if (!isWrapper)
        return {};
    if (application.isEmpty())
        return tr("draw.io is not installed: the diagrams.net application is missing. Run packaging/drawio/install.sh");
    if (browser.isEmpty())
        return tr("draw.io cannot run because Chromium, which renders the drawings, is missing. Install it: apt "
                  "install chromium");
    return {};
}

} // namespace lifeguard
