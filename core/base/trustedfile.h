// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace lifeguard {

/// Reads a file whose content decides which programs run, such as a configuration. PermissionDenied: other users can
/// change it, because the mode of the file lets them write it, because the file belongs to one of them, or because
/// everybody can rename files in a folder above it. The members of the owner's private group are not other users. Root
/// may read the files of all users. NotFound: there is no such file. InvalidArgument: the file is larger than maxBytes,
/// or no regular file.
[[nodiscard]] Result<QByteArray> readTrustedFile(const QString &path, qint64 maxBytes);

} // namespace lifeguard
