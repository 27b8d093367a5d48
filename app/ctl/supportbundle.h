// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/machineexamination.h"
#include "core/base/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

namespace lifeguard::ctl {

/// A file of a support bundle.
struct SupportFile
{
    QString name; ///< relative to the folder of the bundle
    QByteArray text;

    bool operator==(const SupportFile &) const = default;
};

/// Collects what is needed to find the cause of a problem: versions, findings of the examination of this machine, the
/// configuration that applies, the numbers of jobs, workers, the newest events, and the ends of the newest logs.
/// Secrets are masked (core/base/secretmasking.h). Payloads and outputs of jobs are left out. A database that cannot be
/// read is described by its error. Blocks for some seconds.
[[nodiscard]] QList<SupportFile> collectSupportFiles(const CommandLine &line);

/// Writes the files into a compressed archive with the program tar, below one folder named like the archive. The
/// archive has mode 0600 and appears only when it is complete. InvalidArgument: path exists. ToolMissing, ToolFailed:
/// tar. Io: the folder cannot be written. Blocks.
[[nodiscard]] Status writeSupportArchive(const QString &path, const QList<SupportFile> &files);

} // namespace lifeguard::ctl
