// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>

#include <optional>

namespace lifeguard::bench {

/// What a figure, or its ratio to its limit, should be.
struct Target
{
    enum class Of { Value, Ratio };
    enum class Bound { AtMost, AtLeast };

    Of of;
    Bound bound;
    double number;

    [[nodiscard]] bool isMetBy(double figure) const
    {
        return bound == Bound::AtMost ? figure <= number : figure >= number;
    }
    [[nodiscard]] static Target valueAtMost(double number) { return {Of::Value, Bound::AtMost, number}; }
    [[nodiscard]] static Target valueAtLeast(double number) { return {Of::Value, Bound::AtLeast, number}; }
    [[nodiscard]] static Target ratioAtMost(double number) { return {Of::Ratio, Bound::AtMost, number}; }
    [[nodiscard]] static Target ratioAtLeast(double number) { return {Of::Ratio, Bound::AtLeast, number}; }
};

/// Another figure of the same run, in the same unit, which shows what this machine can do.
struct Limit
{
    QString name; ///< such as "bare loop"
    double value;
};

/// One line of the table.
struct Row
{
    QString name; ///< the case, such as "16 workers"
    double value = 0;
    QString unit;
    std::optional<Limit> limit;
    std::optional<Target> target;
    QString note; ///< if the target is missed for a known reason, what limits it

    /// Returns value / limit; std::nullopt without a limit.
    [[nodiscard]] std::optional<double> ratio() const;
    /// Returns whether the target is met; std::nullopt without a target.
    [[nodiscard]] std::optional<bool> isMet() const;
    [[nodiscard]] QJsonObject toJson() const;
    [[nodiscard]] static Row fromJson(const QJsonObject &json);
};

/// Takes the results of one benchmark, and writes each to the standard output at once, as one line of JSON. The process
/// that started this one makes the table from them (main.cpp).
class Report
{
public:
    /// Adds a setting that the figures depend on, such as the number of jobs.
    void setting(const QString &name, const QString &value);
    void add(const Row &row);
    /// The benchmark cannot run on this machine.
    void skip(const QString &reason);
};

/// Returns the lines of a table: the settings first, then one line per row.
[[nodiscard]] QStringList tableOf(const QList<Row> &rows);

} // namespace lifeguard::bench
