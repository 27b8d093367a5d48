// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configfield.h"
#include "core/config/workerconfig.h"

namespace lifeguard {

/// A key of a pool.
using PoolField = ConfigField<WorkerConfig>;

/// Returns all keys of a pool, in the order in which the help shows them, with type, count and command. Configuration
/// files, pool specifications, JSON and the schema are made from this table. The fields of WorkerConfig::validate() are
/// keys of it.
[[nodiscard]] const QList<PoolField> &poolFields();

/// Returns poolFields() with the keys of sections too: "scaling", "scaling.min", ….
[[nodiscard]] const QList<PoolField> &flatPoolFields();

/// Returns the field of poolFields() with exactly this key, or nullptr.
[[nodiscard]] const PoolField *poolField(const QString &key);

/// Returns the field of poolFields(), or the member of a section ("scaling.min"), with this key, in which hyphens and
/// underscores are equal, or nullptr.
[[nodiscard]] const PoolField *poolFieldOfAnySpelling(const QString &key);

} // namespace lifeguard
