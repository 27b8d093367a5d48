// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/formats/plantumlreferences.h"
#include "core/formats/plantumltext.h"

#include <QByteArray>
#include <QSize>

namespace lifeguard {

/// Returns whether a `skinparam` may be inserted into the diagram, as the options of CLX for png do. Built-in lists
/// (`@startuml`, `colors`) are not recognised: PlantUML refuses them with an error at line 1.
[[nodiscard]] bool acceptsSkinparam(const PlantUmlDiagram &diagram);

/// Returns whether PlantUML may draw a picture of an error for this diagram and report success. In a png, such a
/// picture cannot be recognised: the diagram must be drawn as svg, too, for checkPlantUmlSvg().
[[nodiscard]] bool mayDrawErrors(const PlantUmlDiagram &diagram, const PlantUmlReferences &references);

/// Returns the error that PlantUML wrote to stderr about a diagram, if any; warnings are ignored. The message names the
/// line of the input ("line 3: Syntax Error?"), the detail is the end of stderr.
[[nodiscard]] Status checkPlantUmlErrors(const QByteArray &standardError, const PlantUmlDiagram &diagram);

/// Returns whether PlantUML reported an internal error or a lack of memory on stderr.
[[nodiscard]] bool hasPlantUmlException(const QByteArray &standardError);

/// Returns the line of the error in this text, counted from @start…, which is line 0, or -1.
[[nodiscard]] int reportedErrorLine(const QByteArray &standardError);

/// Returns the error if the output is no SVG, or if it is a picture of an error message, or contains one. The message
/// names the line of the input.
[[nodiscard]] Status checkPlantUmlSvg(const QByteArray &svg, const PlantUmlDiagram &diagram,
                                      const PlantUmlReferences &references);

/// Returns the width and height of a png in pixels, or an invalid size if it is no png.
[[nodiscard]] QSize pngSize(const QByteArray &png);

} // namespace lifeguard
