// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configparser.h"

#include <QProcessEnvironment>

namespace lifeguard {

/// Returns the variable that overrides the value with these keys: "LIFEGUARD__POOLS__MY_POOL__MAX_JOB_TIME". All
/// characters that cannot be in the name of a variable are underscores.
[[nodiscard]] QString configVariable(const QStringList &keys);

/// Sets the values of the tree that variables override. Returns errors for variables that begin with LIFEGUARD__ but
/// match no key, or several: pools can only be overridden, not added, and the names of pools may differ only in
/// characters that variables do not have.
[[nodiscard]] QList<ConfigFileError> applyConfigVariables(const QProcessEnvironment &environment, ConfigTree &tree);

/// Returns the keys of all values that the pools in the tree have, and of those outside of pools.
[[nodiscard]] QList<QStringList> configKeys(const ConfigTree &tree);

} // namespace lifeguard
