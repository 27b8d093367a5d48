// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/workspacecheck.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>
#include <cstring>

#include <sys/stat.h>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::WorkspaceCheck", text);
}

/// Reads whether a folder is on another device than its parent. Returns 0 or errno.
int readMountPoint(const QString &folder, bool &isMountPoint)
{
    struct stat own = {};
    struct stat parent = {};
    if (stat(QFile::encodeName(folder).constData(), &own) != 0
        || stat(QFile::encodeName(folder + QStringLiteral("/..")).constData(), &parent) != 0)
        return errno;
    isMountPoint = own.st_dev != parent.st_dev;
    return 0;
}

} // namespace

WorkspaceCheck::WorkspaceCheck(QString workspace) : m_workspace(std::move(workspace))
{
    readMountPoint(m_workspace, m_isMountPoint);
}

Status WorkspaceCheck::check() const
{
    bool isMountPoint = false;
    if (const int number = readMountPoint(m_workspace, isMountPoint); number != 0) {
        const QString reason = QString::fromLocal8Bit(std::strerror(number));
        return failure(ErrorCode::Unreachable, tr("The workspace %1 is not available (%2).").arg(m_workspace, reason),
                       reason);
    }
    if (m_isMountPoint && !isMountPoint)
        return failure(ErrorCode::Unreachable,
                       tr("The file system of the workspace %1 is no longer mounted.").arg(m_workspace));
    return {};
}

} // namespace lifeguard
