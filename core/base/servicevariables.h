// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcessEnvironment>

namespace lifeguard {

/// Removes the variables by which systemd communicates with the program that it started as a service (sd_notify(3),
/// sd_listen_fds(3)). Programs that the service starts must not receive them: their messages would be taken for its
/// own.
void removeServiceVariables(QProcessEnvironment &environment);

} // namespace lifeguard
