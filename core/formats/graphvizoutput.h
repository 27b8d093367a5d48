// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// What PlantUML wrote for a `@startdot` diagram. PlantUML passes on the standard output of Graphviz mixed with its
/// messages ("Warning: foo is not a known color."), at any place: without their removal, the picture cannot be opened.
struct GraphvizOutput
{
    QByteArray picture; ///< png or svg without messages; empty if Graphviz has drawn nothing
    QStringList messages; ///< of Graphviz, without "Warning: " and repetitions

    bool operator==(const GraphvizOutput &) const = default;
};

/// Separates the picture from the messages. Fails with the first message if there is no picture, or if a message has
/// divided the svg in a way that cannot be mended.
[[nodiscard]] Result<GraphvizOutput> graphvizOutput(const QByteArray &output);

/// Returns an error if an svg of Graphviz contains a script, a link that runs a script, or the address of a style
/// sheet: Graphviz copies them, and text that looks like them, from the diagram.
[[nodiscard]] Status checkGraphvizSvg(const QByteArray &svg);

/// Returns the svg with its pictures as parts of it, as the output lies in another folder than the pictures. pictures:
/// data URLs by the names in the diagram. Other links remain; missing is set to their names.
[[nodiscard]] QByteArray withEmbeddedPictures(const QByteArray &svg, const QHash<QString, QByteArray> &pictures,
                                              QStringList &missing);

} // namespace lifeguard
