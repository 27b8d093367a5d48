// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/executor/cgroupfiles.h"

#include <QHash>

namespace lifeguard::test {

/// A cgroup file system in a temporary folder. It behaves like the kernel's in these respects: a new folder contains
/// its control files, a process is in one cgroup at a time, and in v2 a cgroup cannot both contain processes and
/// delegate controllers.
class FakeCgroups : public CgroupFiles
{
public:
    explicit FakeCgroups(QString root) : m_root(std::move(root)) {}

    /// Mounts v2 with these controllers. The cgroup of this process is /user/app, and contains these processes.
    void mountUnified(const QByteArray &controllers, const QList<qint64> &processes);
    /// Mounts the controllers memory and cpu of v1. The cgroup of this process is /job in both.
    void mountV1();
    /// Makes all writes to files with this name fail with this error.
    void refuse(const QString &file, int error) { m_refused.insert(file, error); }

    [[nodiscard]] QString own() const { return m_root + QStringLiteral("/unified/user/app"); }
    [[nodiscard]] QString ownV1(const QString &controller) const
    {
        return m_root + u'/' + controller + QStringLiteral("/job");
    }
    [[nodiscard]] static QString textOf(const QString &path); ///< returns the content of a file without surrounding
                                                              ///< white space
    static void put(const QString &path, const QByteArray &text); ///< creates or overwrites a file
    /// Creates a cgroup, as another program would.
    void addFolder(const QString &path, const QByteArray &processes = {});

    int mountReads = 0; ///< how often the mounts were read

    QByteArray selfCgroup() const override;
    QByteArray mountinfo() const override;
    bool createFolder(const QString &path) override;
    bool removeFolder(const QString &path) override;
    int write(const QString &path, const QByteArray &text) override;

private:
    int enter(const QString &folder, const QByteArray &text);
    int delegate(const QString &folder, const QByteArray &command);

    QString m_root;
    QByteArray m_mounts;
    QByteArray m_v1Lines;
    bool m_unified = false;
    QHash<QString, int> m_refused;
};

} // namespace lifeguard::test
