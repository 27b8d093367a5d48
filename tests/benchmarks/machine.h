// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QPair>
#include <QString>

namespace lifeguard::bench {

/// Returns what the figures depend on: processor, memory, kernel, file system of the temporary folder, versions and
/// build. Pairs of a name and a value.
[[nodiscard]] QList<QPair<QString, QString>> machineDescription();

} // namespace lifeguard::bench
