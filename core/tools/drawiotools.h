// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The drawio command of this machine, and the programs that it needs. Paths are empty if nothing was found.
struct DrawioTools
{
    QString command; ///< $LIFEGUARD_DRAWIO, else drawio in PATH, else lifeguard-drawio beside this program
    /// Whether the command is lifeguard-drawio, Lifeguard's wrapper around the diagrams.net application: it needs no
    /// display, and can be kept open between jobs.
    bool isWrapper = false;
    QString application; ///< the folder of the diagrams.net application that the wrapper loads
    QString browser; ///< the browser in which the wrapper draws

    /// Searches for the tools. Only checks whether files exist.
    [[nodiscard]] static DrawioTools find();
    /// Returns a sentence that names what is missing and explains how to install it, or an empty string if draw.io can
    /// run.
    [[nodiscard]] QString missingMessage() const;
    /// Returns a text that changes when one of the tools is replaced by another version. Starts no process: it consists
    /// of paths, sizes and times of files, and of a hash of the wrapper.
    [[nodiscard]] QString identity() const;
};

} // namespace lifeguard
