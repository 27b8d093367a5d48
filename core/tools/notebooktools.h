// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard {

/// Where nbconvert is on this machine.
struct NotebookTools
{
    QString python; ///< the Python that has nbconvert; where none has it, any; empty: there is no Python 3
    bool hasNbconvert = false;
    bool hasPythonKernel = false; ///< ipykernel, which runs notebooks of Python

    /// $LIFEGUARD_PYTHON, then each python3 in PATH, then Debian's. Looks at files only.
    [[nodiscard]] static NotebookTools find();
    /// "nbconvert is not installed: apt install jupyter-nbconvert python3-ipykernel"; empty when notebooks can be run.
    [[nodiscard]] QString missing() const;
};

} // namespace lifeguard
