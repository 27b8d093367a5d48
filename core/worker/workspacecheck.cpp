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

WorkspaceCheck::WorkspaceCheck(QString folder, Kind kind) : m_folder(std::move(folder)), m_kind(kind)
{
    readMountPoint(m_folder, m_isMountPoint);
}

Status WorkspaceCheck::check() const
{
    bool isMountPoint = false;
    if (const int number = readMountPoint(m_folder, isMountPoint); number != 0) {
        const QString reason = QString::fromLocal8Bit(std::strerror(number));
        const QString text = m_kind == Kind::Workspace ? tr("The workspace %1 is not available (%2).")
                                                       : tr("The output root %1 is not available (%2).");
        return failure(ErrorCode::Unreachable, text.arg(m_folder, reason), reason);
    }
    if (m_isMountPoint && !isMountPoint) {
        const QString text = m_kind == Kind::Workspace
                               ? tr("The file system of the workspace %1 is no longer mounted.")
                               : tr("The file system of the output root %1 is no longer mounted.");
        return failure(ErrorCode::Unreachable, text.arg(m_folder));
    }
    return {};
}

} // namespace lifeguard
