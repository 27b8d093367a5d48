// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/comparison.h"

#include <QString>

namespace lifeguard::test {

#ifdef __SANITIZE_ADDRESS__
constexpr bool isSanitized = true; ///< the program is slower and uses more memory
#else
constexpr bool isSanitized = false;
#endif
/// The timeout of all waits in tests, in milliseconds. Only a failing test reaches it.
constexpr int patience = isSanitized ? 60000 : 20000;

/// Returns a literal of the test's source file, which is UTF-8.
[[nodiscard]] inline QString s(const char *text)
{
    return QString::fromUtf8(text);
}

} // namespace lifeguard::test

/// Waits until the condition has been true once. QTRY_VERIFY evaluates it a second time afterwards, and fails for a condition that is
/// only true for a moment, such as a sleeping process or a number of processes.
#define EVENTUALLY(...) QVERIFY(QTest::qWaitFor([&] { return static_cast<bool>(__VA_ARGS__); }, lifeguard::test::patience))
