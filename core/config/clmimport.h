// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// A configuration of CLX or CLM as one of Lifeguard.
struct ClmImport
{
    QByteArray yaml; ///< the content of a lifeguard.yaml, which parseConfigFile() accepts
    QStringList remarks; ///< a line for each value that has no counterpart: "KEY: what to do"

    bool operator==(const ClmImport &) const = default;
};

/// Converts the worker configuration of CLX and CLM (config.toml, clx.toml, clm.toml) to a configuration file of
/// Lifeguard: paths, log level, retention, and a pool for each worker type, with CLM's defaults where they differ from
/// Lifeguard's. path: for errors; the file is not accessed. InvalidArgument: the text is no TOML, or a value has a
/// wrong type or is outside of Lifeguard's limits; the message names line and column, or the key.
[[nodiscard]] Result<ClmImport> importClmConfig(const QByteArray &toml, const QString &path);

} // namespace lifeguard
