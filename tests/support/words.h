// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard::test {

constexpr int patience = 20000; ///< ms; only ever reached by a failure

/// Text of the test's source, which is UTF-8.
[[nodiscard]] inline QString s(const char *text)
{
    return QString::fromUtf8(text);
}

} // namespace lifeguard::test
