// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QString>

class QPalette;

namespace lifeguard::theme {

/// Returns an icon from resources/icons in the palette's colours for normal and disabled controls. name has no suffix.
[[nodiscard]] QIcon icon(const QString &name, const QPalette &palette);
[[nodiscard]] QIcon applicationIcon();

} // namespace lifeguard::theme
