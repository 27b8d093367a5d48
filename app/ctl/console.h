// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QString>

namespace lifeguard::ctl {

// Texts are escaped for the terminal, except their line breaks and tabs (core/base/terminaltext.h). JSON is written as
// it is, because programs read it.

/// Returns whether the program that reads stdout has closed it. Only if SIGPIPE is ignored; otherwise this program
/// ends.
[[nodiscard]] bool isOutputClosed();
/// Writes a text to stdout, adds a line break if the text does not end with one, and flushes.
void printText(const QString &text);
/// Writes one line to stdout as it is: a part of a larger JSON text, or a text that has been escaped.
void printLine(const QString &text);
/// Writes JSON to stdout.
void printJson(const QJsonArray &rows);
void printJson(const QJsonObject &object);
/// Writes JSON to stdout as one line.
void printJsonLine(const QJsonObject &object);
/// Writes a message to stderr, after the name of the program.
void printError(const QString &message);
/// Writes each line of a notice to stderr, after the name of the program. Does nothing if the notice is empty.
void printNotice(const QString &notice);
/// Writes the message of an error to stderr, and then its detail, if any.
void printError(const Error &error);

} // namespace lifeguard::ctl
