// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <sys/stat.h>

namespace lifeguard {
namespace {

/// As QFileInfo::canonicalFilePath(), but also for what does not exist yet.
QString resolved(const QString &path)
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
        return {}; // a link that leads nowhere
    return (base == QStringLiteral("/") ? QString() : base) + rest;
}

} // namespace

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
                       QCoreApplication::translate("lifeguard::paths", "The folder %1 cannot be made. Check the permissions and the space on the disk.").arg(path));
    }
    chmod(QFile::encodeName(path).constData(), 0700);
    return {};
}

QStringList lastLines(const QString &path, int count)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    constexpr qint64 most = 16 * 1024;
    const bool whole = file.size() <= most;
    if (!whole)
        file.seek(file.size() - most);
    QStringList lines = QString::fromUtf8(file.readAll()).split(u'\n', Qt::SkipEmptyParts);
    if (!whole && lines.size() > 1)
        lines.removeFirst(); // cut off
    return lines.mid(std::max<qsizetype>(0, lines.size() - count));
}

bool isInside(const QString &path, const QString &folder)
{
    const QString inner = resolved(path);
    const QString outer = resolved(folder);
    if (inner.isEmpty() || outer.isEmpty())
        return false;
    return inner == outer || outer == QStringLiteral("/") || inner.startsWith(outer + u'/');
}

} // namespace lifeguard
