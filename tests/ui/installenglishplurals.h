// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lifeguard::test {

/// Installs the translator for English plurals, as main() of the dashboard does. Each test of the window links this
/// file, which calls the function when the application object is created.
void installEnglishPlurals();

} // namespace lifeguard::test
