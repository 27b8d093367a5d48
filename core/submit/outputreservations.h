// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/canonicalpaths.h"

#include <QHash>
#include <QSet>
#include <QString>

namespace lifeguard {

/// Records the inputs and outputs of a plan, to find outputs that would overwrite an input or another output.
class OutputReservations
{
public:
    /// Returns why a job must not write this output, as a clause; an empty string if there is no conflict. source: the
    /// file that the user named; input: this file, or its copy in the workspace.
    [[nodiscard]] QString conflict(const QString &source, const QString &input, const QString &output) const;
    /// Reserves an output for a job of this source.
    void reserve(const QString &source, const QString &output);
    /// Adds an input, whose path is canonical.
    void addInput(const QString &path) { m_inputs.insert(path); }
    /// Returns whether the path, which is canonical, is that of an input.
    [[nodiscard]] bool isInput(const QString &path) const { return m_inputs.contains(path); }

private:
    CanonicalPaths m_canonical;
    QSet<QString> m_inputs;
    QHash<QString, QString> m_sources; ///< by output
};

} // namespace lifeguard
