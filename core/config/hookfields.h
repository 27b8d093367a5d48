// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configuration.h"

namespace lifeguard {

/// Returns the key hooks of a configuration: a list of maps, which a file can contain, but no variable.
[[nodiscard]] ConfigField<Configuration> hooksField();

} // namespace lifeguard
