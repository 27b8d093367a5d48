// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// The operations on the cgroup file system. Tests replace them with a temporary folder that behaves like the kernel's.
/// Each call takes some microseconds. Thread-safe.
class CgroupFiles
{
public:
    CgroupFiles() = default;
    virtual ~CgroupFiles() = default;
    Q_DISABLE_COPY_MOVE(CgroupFiles)

    [[nodiscard]] virtual QByteArray selfCgroup() const; ///< returns the content of /proc/self/cgroup
    [[nodiscard]] virtual QByteArray mountinfo() const; ///< returns the content of /proc/self/mountinfo
    virtual bool createFolder(const QString &path); ///< like mkdir(): returns false if the folder exists
    virtual bool removeFolder(const QString &path); ///< like rmdir(): returns true if the folder does not exist
    virtual int write(const QString &path, const QByteArray &text); ///< returns 0 or errno; never creates a file

    [[nodiscard]] static QByteArray read(const QString &path); ///< returns an empty array if the file cannot be read
    [[nodiscard]] static QStringList folders(const QString &path); ///< returns the names of the subfolders
    [[nodiscard]] static QList<qint64> processesIn(const QString &folder); ///< returns the pids of a cgroup; the pid of
                                                                           ///< a process in another namespace is 0
    [[nodiscard]] static bool isOwn(const QString &path); ///< returns whether the folder belongs to the user of this
                                                          ///< process
    [[nodiscard]] static int openForWriting(const QString &path); ///< returns a descriptor that is closed on exec(), or
                                                                  ///< -1
};

} // namespace lifeguard
