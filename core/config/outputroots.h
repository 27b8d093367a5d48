// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>
#include <QStringList>

namespace lifeguard {

// Output roots are folders outside the workspace that workers may write outputs to.

/// Returns the roots as one text, separated by colons. Colons, commas and percent signs in a path are written as %3A,
/// %2C and %25, so that the text can be part of a pool specification.
[[nodiscard]] QString joinOutputRoots(const QStringList &roots);
/// Parses the text that joinOutputRoots() returns. The paths are clean, but not checked.
[[nodiscard]] QStringList splitOutputRoots(const QString &text);

/// Parses the values of the option --output-root: relative paths begin at the current folder. Fails if one of them is
/// not an existing folder.
[[nodiscard]] Result<QStringList> outputRootsFromOptions(const QStringList &paths);

/// Returns what is wrong with an output root, as a sentence for the user; empty if nothing is. inContainers: whether
/// the root will be mounted in containers, under the same path. Does not access files.
[[nodiscard]] QString outputRootProblem(const QString &root, bool inContainers);

} // namespace lifeguard
