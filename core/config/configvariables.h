// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configparser.h"

#include <QProcessEnvironment>

namespace lifeguard {

/// Returns the variable that overrides the value with these keys: "LIFEGUARD__POOLS__MY_POOL__MAX_JOB_TIME". All
/// characters that cannot be in the name of a variable are underscores. The variables of the workers of a pool are
/// overridden by "LIFEGUARD__POOLS__MY_POOL__ENVIRONMENT__NAME", in which NAME has its own case.
[[nodiscard]] QString configVariable(const QStringList &keys);

/// Sets the values of the tree that variables override. Returns errors for variables that begin with LIFEGUARD__ but
/// match no key, or several: pools can only be overridden, not added, and the names of pools may differ only in
/// characters that variables do not have.
[[nodiscard]] QList<ConfigFileError> applyConfigVariables(const QProcessEnvironment &environment, ConfigTree &tree);

/// Returns the keys of all values that the pools in the tree have, and of those outside of pools, without the variables
/// of workers.
[[nodiscard]] QList<QStringList> configKeys(const ConfigTree &tree);

} // namespace lifeguard
