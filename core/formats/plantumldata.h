// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/plantumltext.h"

namespace lifeguard {

/// Returns the line of a `@startjson`, `@startyaml`, `@starthcl` or `@startsalt` diagram at which its data is broken,
/// counted from 0, or -1 if it is not known. PlantUML itself does not name it.
[[nodiscard]] int brokenDataLine(const PlantUmlDiagram &diagram);

} // namespace lifeguard
