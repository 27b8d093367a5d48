// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The drawio command of this machine and what it needs; empty what is not there.
struct DrawioTools
{
    QString command; ///< $LIFEGUARD_DRAWIO, then drawio in PATH, then our wrapper beside our programs
    bool isOurs = false; ///< our wrapper: it draws without a screen, and can be kept open between jobs
    QString application; ///< the folder our wrapper draws with
    QString browser; ///< and the browser it draws in

    [[nodiscard]] static DrawioTools find(); ///< looks at files only
    /// "draw.io is not installed (…): run packaging/drawio/install.sh"; empty when it can run.
    [[nodiscard]] QString missing() const;
};

} // namespace lifeguard
