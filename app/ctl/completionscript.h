// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/command.h"

#include <memory>
#include <vector>

namespace lifeguard::ctl {

/// The shells for which there is a script.
enum class Shell { Bash, Zsh, Fish };

/// Returns a script that completes the names of commands, their options, and the values of options with fixed choices,
/// files or folders. The script contains everything; completing starts no program.
[[nodiscard]] QString completionScript(Shell shell, const std::vector<std::unique_ptr<Command>> &commands);

} // namespace lifeguard::ctl
