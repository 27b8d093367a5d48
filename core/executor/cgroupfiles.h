// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// What cgroups need of the file system, so that tests can put a tree of their own in its place (a temporary folder that
/// behaves as the kernel's). Every call is one or two system calls on the kernel's memory, some microseconds; any thread.
class CgroupFiles
{
public:
    CgroupFiles() = default;
    virtual ~CgroupFiles() = default;
    Q_DISABLE_COPY_MOVE(CgroupFiles)

    virtual QByteArray selfCgroup() const; ///< /proc/self/cgroup
    virtual QByteArray mountinfo() const; ///< /proc/self/mountinfo
    virtual bool makeFolder(const QString &path); ///< as mkdir: false if it is there already
    virtual bool removeFolder(const QString &path); ///< as rmdir; one that is not there counts as removed
    virtual int write(const QString &path, const QByteArray &text); ///< 0, or errno; never makes a file

    [[nodiscard]] static QByteArray read(const QString &path); ///< empty when it cannot be read
    [[nodiscard]] static QStringList folders(const QString &path); ///< names of the folders in it
    [[nodiscard]] static bool isOwn(const QString &path); ///< the folder belongs to the user this runs as
    [[nodiscard]] static int openForWriting(const QString &path); ///< closed on exec; -1 when it cannot be
};

} // namespace lifeguard
