// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QStringList>

namespace lifeguard {

/// Returns the names of the pages of a drawing, at least one; pages without a name have an empty one. drawing: XML, as
/// returned by extractDrawio(). If there are no pages, the message of the error is a sentence that explains why. The
/// content of compressed pages is not checked.
[[nodiscard]] Result<QStringList> drawioPageNames(const QByteArray &drawing);

/// Returns the drawing with only one of its pages; pageIndex counts from 0 and is below their number. This is necessary
/// because draw.io's desktop programs before 27.0.2 count --page-index from 0 and later ones from 1, and because most
/// of them write all pages to a PDF.
[[nodiscard]] QByteArray drawioWithOnePage(const QByteArray &drawing, int pageIndex);

/// Checks that the output of a drawio command is a complete file of the format (png, svg or pdf), and not a blank
/// picture.
[[nodiscard]] Status checkDrawioOutput(const QByteArray &output, const QString &format);

} // namespace lifeguard
