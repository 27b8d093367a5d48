// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"

#include <memory>
#include <vector>

namespace lifeguard::ctl {

/// Returns the manual page of lifeguardctl in the language of man(7), from the table of commands.
[[nodiscard]] QString manPage(const std::vector<std::unique_ptr<Command>> &commands);

} // namespace lifeguard::ctl
