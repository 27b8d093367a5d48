// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configloader.h"

namespace lifeguard::ctl {

/// Returns a table of all values that apply, and where each comes from. Secrets are masked.
[[nodiscard]] QString configTable(const LoadedConfiguration &loaded);

} // namespace lifeguard::ctl
