// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/networkfilesystem.h"

#include <QFile>

#include <sys/vfs.h>

namespace lifeguard {
namespace {

struct NetworkFileSystem
{
    quint32 magic; ///< statfs(2), and linux/magic.h
    const char *name;
};

constexpr NetworkFileSystem networkFileSystems[] = {
    {0x6969, "NFS"},
    {0x517b, "SMB"},
    {0xff534d42, "SMB"}, // cifs
    {0xfe534d42, "SMB"}, // smb2
    {0x65735546, "FUSE"}, // also virtiofs, and the mounts of Docker Desktop
    {0x01021997, "9p"},
    {0x5346414f, "AFS"},
    {0x6b414653, "AFS"}, // kafs
    {0x73757245, "Coda"},
    {0x00c36400, "Ceph"},
    {0x0bd00bd0, "Lustre"},
    {0x47504653, "GPFS"},
    {0x01161970, "GFS2"},
    {0x7461636f, "OCFS2"},
    {0x564c, "NCP"},
    {0x786f4256, "VirtualBox shared folder"},
    {0xbacbacbc, "VMware shared folder"},
};

} // namespace

QString networkFileSystemName(quint64 magic)
{
    for (const NetworkFileSystem &fileSystem : networkFileSystems) {
        if (fileSystem.magic == static_cast<quint32>(magic)) // f_type is signed, and has 32 or 64 bits
            return QString::fromLatin1(fileSystem.name);
    }
    return {};
}

QString networkFileSystemOf(const QString &path)
{
    struct statfs info = {};
    if (statfs(QFile::encodeName(path).constData(), &info) != 0)
        return {};
    return networkFileSystemName(static_cast<quint64>(info.f_type));
}

} // namespace lifeguard
