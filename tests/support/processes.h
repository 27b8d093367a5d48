// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

/// Whether a process runs; a zombie does not. For tests.
[[nodiscard]] bool isAlive(qint64 pid);
/// The pid that a script wrote into a file, with a line's end behind it; waits for it, 0 if it does not come. For tests.
[[nodiscard]] qint64 pidIn(const QString &path, int timeoutMs);
/// Writes an executable file; answers its path. For tests.
QString writeScript(const QString &path, const QByteArray &text);
