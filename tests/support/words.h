// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/comparison.h"

#include <QString>

namespace lifeguard::test {

#ifdef __SANITIZE_ADDRESS__
constexpr bool isSanitized = true; ///< everything is slower, and takes more memory
#else
constexpr bool isSanitized = false;
#endif
constexpr int patience = isSanitized ? 60000 : 20000; ///< ms; only ever reached by a failure

/// Text of the test's source, which is UTF-8.
[[nodiscard]] inline QString s(const char *text)
{
    return QString::fromUtf8(text);
}

} // namespace lifeguard::test

/// Waits until this is true once. QTRY_VERIFY looks a second time afterwards, and fails where a thing is true for a moment only: a process
/// that is asleep, a count of processes.
#define EVENTUALLY(...) QVERIFY(QTest::qWaitFor([&] { return static_cast<bool>(__VA_ARGS__); }, lifeguard::test::patience))
