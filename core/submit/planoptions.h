// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>

namespace lifeguard {

/// The choices of a user who submits files and folders.
struct PlanOptions
{
    QString workspace; ///< absolute, or relative to the current folder
    QString type; ///< empty: the suffix of each file determines the type
    QString format; ///< empty: the default of the type
    QHash<QString, QString> formats; ///< format by type; types that are not in it use format
    QString outputFolder; ///< empty: <workspace>/output
    QString kind; ///< of notebooks: as in nb_rules.py; empty: completed
    QString language; ///< of notebooks: cells marked with another language are left out; empty: all cells
    int priority = 0;
    int pageIndex = 0; ///< of drawings, counted from 0; a page other than the first is part of the name of the output
    /// Whether all pages of drawings are drawn: one output for each page, named after it, or one PDF with all pages.
    /// pageIndex has no effect then.
    bool allPages = false;
    /// Whether inputs outside the workspace are copied to <workspace>/input/; folders are copied with all files beside
    /// the inputs. Otherwise such inputs are skipped.
    bool copyIn = false;
};

} // namespace lifeguard
