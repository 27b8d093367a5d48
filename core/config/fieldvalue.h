// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace lifeguard {

// The text forms of the values of configuration keys. Each parse function assigns the value only if it succeeds;
// otherwise its error is a sentence that names the text and what is allowed, without the key.

/// How values are written.
enum class Spelling {
    Current,
    Old, ///< sizes as a plain number of MB, durations in plain seconds: pool specifications of older versions
};

[[nodiscard]] Status parseValue(const QString &text, QString &value);
/// Also rejects numbers beyond the range of int.
[[nodiscard]] Status parseValue(const QString &text, int &value);
/// Also rejects infinite numbers.
[[nodiscard]] Status parseValue(const QString &text, double &value);
/// "yes" or "true", "no" or "false".
[[nodiscard]] Status parseValue(const QString &text, bool &value);
[[nodiscard]] Status parseValue(const QString &text, seconds &value);
/// A duration, or "forever", which is no value.
[[nodiscard]] Status parseValue(const QString &text, std::optional<seconds> &value);
/// A size, as a number of bytes.
[[nodiscard]] Status parseBytes(const QString &text, qint64 &value);
/// A size, as a whole number of MB. Spelling::Old: a number without a unit is accepted too, and is in MB.
[[nodiscard]] Status parseMegabytes(const QString &text, qint64 &value, Spelling spelling);
/// Returns the error for a text that is not one of the choices.
[[nodiscard]] Status notAChoice(const QString &text, const QStringList &choices);

/// Returns an error with the addition that the word is allowed too.
[[nodiscard]] Status alsoAllowing(const Status &error, const QString &word);

[[nodiscard]] QString formatValue(const QString &value);
[[nodiscard]] QString formatValue(int value);
/// Returns the shortest text that is parsed to the same number.
[[nodiscard]] QString formatValue(double value);
[[nodiscard]] QString formatValue(bool value);
[[nodiscard]] QString formatValue(seconds value);
[[nodiscard]] QString formatValue(const std::optional<seconds> &value);
[[nodiscard]] QString formatMegabytes(qint64 value, Spelling spelling);

/// Returns the command line that QProcess::splitCommand() splits into these arguments.
[[nodiscard]] QString formatArguments(const QStringList &arguments);

} // namespace lifeguard
