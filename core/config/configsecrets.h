// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/config/configparser.h"

#include <QProcessEnvironment>

#include <functional>

namespace lifeguard {

/// Where a configuration takes a secret from.
struct SecretSource
{
    enum class Kind { File, Variable };

    Kind kind = Kind::File;
    QString name; ///< a path, or the name of a variable

    bool operator==(const SecretSource &) const = default;
};

/// Returns the secret, or a sentence that does not contain it.
using SecretReader = std::function<Result<QString>(const SecretSource &source)>;

/// Returns the reader of this machine. Relative paths start in folder. A file must be one that other users cannot
/// change (core/base/trustedfile.h), and one line break at its end is removed. Blocks while a file is read.
[[nodiscard]] SecretReader secretReader(const QProcessEnvironment &environment, const QString &folder);

/// Replaces the variables of pools that are written as {from_file: PATH} or {from_variable: NAME} by the secrets.
/// Returns errors for unknown sources and for secrets that cannot be read. Without a reader, only the form is checked,
/// and the secrets are empty texts. file: the path that errors name.
[[nodiscard]] QList<ConfigFileError> resolveSecrets(ConfigTree &tree, const QString &file, const SecretReader &reader);

} // namespace lifeguard
