// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <QtGlobal>

#include <optional>

namespace lifeguard {

/// How a program writes its log to stderr.
enum class LogFormat {
    Text, ///< "time level category: message", for people
    Json, ///< one object per line, with the keys time, level, category and message
    Journald, ///< "<4>category: message", of which the journal of systemd reads the priority; one entry per line
};

/// Returns the format of this name (text, json, journald); nothing for other names.
[[nodiscard]] std::optional<LogFormat> logFormatFromString(const QString &name);

/// Returns a message of the log as one or more complete lines. time: UTC.
[[nodiscard]] QByteArray formatLogMessage(LogFormat format, QtMsgType type, const char *category,
                                          const QString &message, const QDateTime &time);

/// Writes all further messages of Qt's logging in this format. Messages of any thread can be written; each one is
/// written at once.
void installLogFormat(LogFormat format);

} // namespace lifeguard
