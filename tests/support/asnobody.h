// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QTemporaryDir>

#include <memory>

#include <sys/stat.h>
#include <unistd.h>

namespace lifeguard::test {

/// Lets file permissions apply to a test that runs as root: while an instance exists, the program runs as the user "nobody". Has no effect
/// for other users.
class AsNobody
{
public:
    AsNobody()
    {
        if (geteuid() == 0 && setresuid(65534, 65534, 0) != 0)
            qFatal("cannot switch to the user nobody");
    }
    ~AsNobody()
    {
        if (getuid() == 65534 && setresuid(0, 0, 0) != 0)
            qFatal("cannot switch back to root");
    }
    Q_DISABLE_COPY_MOVE(AsNobody)
};

/// Returns a temporary folder that the user "nobody" can enter as well.
inline std::unique_ptr<QTemporaryDir> folderForNobody()
{
    if (geteuid() != 0)
        return std::make_unique<QTemporaryDir>();
    auto folder = std::make_unique<QTemporaryDir>(QStringLiteral("/var/tmp/lifeguard-test-XXXXXX"));
    if (chmod(QFile::encodeName(folder->path()).constData(), 0755) != 0)
        qFatal("cannot make the folder accessible");
    return folder;
}

} // namespace lifeguard::test
