// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/executor/cgroupfiles.h"

#include <QHash>

namespace lifeguard::test {

/// A tree of cgroups in a folder of the test's own that behaves as the kernel's does, as far as we need it: control files come
/// with a folder, a process is in one cgroup at a time, and v2 lets no cgroup have both processes and controllers to give.
class FakeCgroups : public CgroupFiles
{
public:
    explicit FakeCgroups(QString root) : m_root(std::move(root)) {}

    /// Mounts v2 with these controllers; this process is in /user/app, alone or with others.
    void mountUnified(const QByteArray &controllers, const QList<qint64> &processes);
    /// Mounts v1's memory and cpu; this process is in /job of both.
    void mountOld();
    /// Writes to files of this name fail so.
    void refuse(const QString &file, int error) { m_refused.insert(file, error); }

    [[nodiscard]] QString own() const { return m_root + QStringLiteral("/unified/user/app"); }
    [[nodiscard]] QString ownOld(const QString &controller) const { return m_root + u'/' + controller + QStringLiteral("/job"); }
    [[nodiscard]] static QString textOf(const QString &path); ///< trimmed
    static void put(const QString &path, const QByteArray &text); ///< makes the file
    /// A cgroup as somebody else would have made it.
    void addFolder(const QString &path, const QByteArray &processes = {});

    int looks = 0; ///< how often the mounts were read

    QByteArray selfCgroup() const override;
    QByteArray mountinfo() const override;
    bool createFolder(const QString &path) override;
    bool removeFolder(const QString &path) override;
    int write(const QString &path, const QByteArray &text) override;

private:
    int enter(const QString &folder, const QByteArray &pid);
    int give(const QString &folder, const QByteArray &command);

    QString m_root;
    QByteArray m_mounts;
    QByteArray m_oldLines;
    bool m_unified = false;
    QHash<QString, int> m_refused;
};

} // namespace lifeguard::test
