// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QIODevice>

namespace lifeguard {

/// Returns the drawing in a file as XML in UTF-8, without an XML declaration and a byte order mark. The file is a
/// drawing (an <mxfile> or <mxGraphModel> in any encoding that decodeText() knows), or an SVG, PNG or HTML file with a
/// copy of its drawing, as draw.io saves them (.drawio.svg). The error is a sentence that explains why there is no
/// drawing; the content of a drawing is not checked.
[[nodiscard]] Result<QByteArray> extractDrawio(const QByteArray &data);

/// Returns the text of a file for the payload of a job: the text of the whole file, or the drawing that a picture or an
/// HTML page contains. A file without a drawing is returned as it is.
[[nodiscard]] QString drawioPayloadText(const QByteArray &data);

/// Returns whether a file with the suffix svg, png, html or xml contains a drawing. Reads only the parts of the file
/// that can tell, not the pixels of a picture.
[[nodiscard]] bool containsDrawio(QIODevice &file);

} // namespace lifeguard
