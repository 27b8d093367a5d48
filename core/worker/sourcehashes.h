// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QMap>
#include <QString>
#include <QStringList>

namespace lifeguard {

// All functions below access files, and may block forever on an unreachable network share: call them on a FileThread.

/// Returns a text that changes when the file changes: the SHA-256 of its content. Of a folder, the hash of the names in
/// it; of files larger than this number of bytes, size and time. A missing file has a text of its own, too.
[[nodiscard]] QString sourceHash(const QString &path, qint64 largest);

/// Returns the hashes of the files, by path. readSince: when the tool began to read them. A file that has been changed
/// since then gets a text that no hash equals, because it is unknown which content the tool has read. Reads at most
/// 256 MB, so that a job with many large files, such as videos, does not exceed the time limit for files: of further
/// files, only size and time count.
[[nodiscard]] QMap<QString, QString> sourceHashes(const QStringList &paths, const QDateTime &readSince);

/// Returns the first of the files whose hash has changed; empty if none has.
[[nodiscard]] QString changedSource(const QMap<QString, QString> &hashes);

} // namespace lifeguard
