// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>

namespace lifeguard {

/// The number of pages in a .drawio file; or, in words a stranger understands, why there are none. Looks at the outside:
/// what is inside a page that is compressed is for draw.io to judge.
[[nodiscard]] Result<int> drawioPages(const QByteArray &data);

/// The file with only one of its pages, which drawioPages() has counted. Desktops before 27.0.2 count --page-index from 0 and
/// later ones from 1; and of a file with several pages most make a PDF of all.
[[nodiscard]] QByteArray drawioWithOnePage(const QByteArray &data, int pageIndex);

/// Whether what a drawio command wrote is a whole file of the format: png, svg or pdf, with something in it.
[[nodiscard]] Status checkDrawioOutput(const QByteArray &output, const QString &format);

} // namespace lifeguard
