// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>

namespace lifeguard {

/// Returns the number of pages in a .drawio file, at least 1. If the file has no pages, the message of the error is a
/// sentence that explains why. The content of compressed pages is not checked.
[[nodiscard]] Result<int> drawioPages(const QByteArray &data);

/// Returns the file with only one of its pages; pageIndex counts from 0 and is below drawioPages(). This is necessary
/// because draw.io's desktop programs before 27.0.2 count --page-index from 0 and later ones from 1, and because most
/// of them write all pages to a PDF.
[[nodiscard]] QByteArray drawioWithOnePage(const QByteArray &data, int pageIndex);

/// Checks that the output of a drawio command is a complete file of the format (png, svg or pdf), and not a blank
/// picture.
[[nodiscard]] Status checkDrawioOutput(const QByteArray &output, const QString &format);

} // namespace lifeguard
