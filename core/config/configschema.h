// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

namespace lifeguard {

/// Returns a JSON Schema (draft 2020-12) of configuration files, made from the tables of keys, with their descriptions
/// and defaults. Editors complete and check files with it. It accepts every file that readConfigFile() accepts, and
/// rejects unknown keys, wrong types and wrong spellings; relations between values are left to readConfigFile().
[[nodiscard]] QJsonObject configSchema();

} // namespace lifeguard
