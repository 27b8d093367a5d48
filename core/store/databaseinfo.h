// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/databaseidentity.h"

#include <QString>

namespace lifeguard {

enum class OpenMode {
    ReadOnly, ///< the file is not changed
    ReadWrite, ///< the file must exist
    Create, ///< a missing file is created with all tables
};

/// Whether opening a file includes a check of all its pages, which reads files of up to 16 MiB completely. Connections
/// that are opened many times, or beside one that has checked the file, skip it. Complete reads files of any size.
enum class IntegrityCheck { Full, Complete, Skip };

/// Facts about an opened file.
struct DatabaseInfo
{
    QString path; ///< absolute, with links resolved
    FileIdentity file; ///< the file that was opened; if a copy was opened, its original
    int clxVersion = 0; ///< MAX(schema_version.version)
    bool readOnly = false;
    bool created = false;
    QString networkFileSystem; ///< the kind of network file system that contains the file; empty for a local one
    QString notice; ///< messages for the user, one a line, for example that a copy is shown; usually empty

    bool operator==(const DatabaseInfo &) const = default;
};

} // namespace lifeguard
