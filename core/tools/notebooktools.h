// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// The Python on this machine that runs nbconvert.
struct NotebookTools
{
    QString python; ///< the first Python that has nbconvert, else the first Python, else empty
    bool hasNbconvert = false;
    bool hasPythonKernel = false; ///< whether ipykernel, which runs Python notebooks, is installed

    /// Checks $LIFEGUARD_PYTHON, or, if it is not set, each python3 in PATH and Debian's. Only checks whether files
    /// exist.
    [[nodiscard]] static NotebookTools find();
    /// Returns a text that changes when one of the tools is replaced: the Python, its modules that convert and run
    /// notebooks, and the installed kernels. Only reads the sizes and times of their files.
    [[nodiscard]] QString versions() const;
    /// Returns a sentence that names what is missing and explains how to install it, or an empty string if Python
    /// notebooks can be run.
    [[nodiscard]] QString missingMessage() const;
};

} // namespace lifeguard
