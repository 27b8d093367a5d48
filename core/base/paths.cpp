// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <sys/stat.h>

namespace lifeguard {

QString stateFolder()
{
    const QString state = qEnvironmentVariable("XDG_STATE_HOME");
    const QString base = QDir::isAbsolutePath(state) ? state : QDir::homePath() + QStringLiteral("/.local/state");
    return base + QStringLiteral("/lifeguard");
}

QString siblingProgram(const QString &name)
{
    const QFileInfo beside(QCoreApplication::applicationDirPath() + u'/' + name);
    return beside.isExecutable() ? beside.absoluteFilePath() : QStandardPaths::findExecutable(name);
}

Status makeFolder(const QString &path)
{
    if (QFileInfo(path).isDir())
        return {};
    if (!QDir().mkpath(path)) {
        return failure(ErrorCode::PermissionDenied,
                       QCoreApplication::translate(
                           "lifeguard::paths",
                           "The folder %1 cannot be created. Check the permissions and the free disk space.")
                           .arg(path));
    }
    chmod(QFile::encodeName(path).constData(), 0700);
    return {};
}

QString canonicalPath(const QString &path)
{
    if (path.isEmpty())
        return {};
    QFileInfo info(QDir::cleanPath(QFileInfo(path).absoluteFilePath()));
    QString rest;
    while (!info.exists() && !info.isSymLink() && info.absoluteFilePath() != QStringLiteral("/")) {
        rest = u'/' + info.fileName() + rest;
        info = QFileInfo(info.absolutePath());
    }
    const QString base = info.canonicalFilePath();
    if (base.isEmpty())
        return {}; // a dangling link
    return (base == QStringLiteral("/") ? QString() : base) + rest;
}

bool isInside(const QString &path, const QString &folder)
{
    const QString inner = canonicalPath(path);
    const QString outer = canonicalPath(folder);
    if (inner.isEmpty() || outer.isEmpty())
        return false;
    return inner == outer || outer == QStringLiteral("/") || inner.startsWith(outer + u'/');
}

} // namespace lifeguard
