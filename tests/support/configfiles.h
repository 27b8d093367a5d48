// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configfile.h"

#include <QMap>

namespace lifeguard::test {

/// Returns the folder of the configuration files of the test data, with a slash at its end.
[[nodiscard]] QString configDataFolder();
/// Returns the errors as they are printed; an empty list if there are none.
[[nodiscard]] QStringList errorTexts(const ConfigFileResult &result);
/// Parses the text of a configuration file with the name /etc/lifeguard.yaml.
[[nodiscard]] ConfigFileResult parsed(const QByteArray &text, const ConfigOptions &options = {});
/// Returns the value with this path, for example "pools.0.workers"; an empty one if there is none.
[[nodiscard]] EffectiveValue valueOf(const ConfigFileResult &result, const QString &path);
/// Returns the value and its source as text: "2 (file 3:5)".
[[nodiscard]] QString shown(const EffectiveValue &value);
/// Returns options with these environment variables.
[[nodiscard]] ConfigOptions withVariables(const QMap<QString, QString> &variables);

} // namespace lifeguard::test
