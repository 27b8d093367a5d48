// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QTemporaryDir>

#include <memory>

#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard::test {

/// Permissions bind nobody who is root: while this lives, such a program is "nobody" instead. Other users stay who they are.
class AsNobody
{
public:
    AsNobody()
    {
        if (geteuid() == 0 && setresuid(65534, 65534, 0) != 0)
            qFatal("cannot become nobody");
    }
    ~AsNobody()
    {
        if (getuid() == 65534 && setresuid(0, 0, 0) != 0)
            qFatal("cannot become root again");
    }
    Q_DISABLE_COPY_MOVE(AsNobody)
};

/// A temporary folder that nobody, too, can get into, wherever the tests run.
inline std::unique_ptr<QTemporaryDir> folderForNobody()
{
    if (geteuid() != 0)
        return std::make_unique<QTemporaryDir>();
    auto folder = std::make_unique<QTemporaryDir>(QStringLiteral("/var/tmp/lifeguard-test-XXXXXX"));
    if (chmod(QFile::encodeName(folder->path()).constData(), 0755) != 0)
        qFatal("cannot open the folder for others");
    return folder;
}

} // namespace lifeguard::test
