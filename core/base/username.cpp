// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/username.h"

#include <array>

#include <pwd.h>
#include <unistd.h>

namespace lifeguard {

QString userName()
{
    std::array<char, 16384> buffer{};
    passwd entry{};
    passwd *found = nullptr;
    const uid_t user = getuid();
    if (getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found)
        return QString::fromLocal8Bit(found->pw_name);
    return QStringLiteral("uid %1").arg(user);
}

} // namespace lifeguard
