// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace lifeguard::test {

/// A code block of the user's guide.
struct GuideBlock
{
    int line = 0; ///< of its first line in the file, counted from 1
    QString language; ///< after the fence: "yaml", "console", …; "console" for indented blocks
    QString text; ///< without the indentation
    /// Why the tests do not run the commands of the block: the text of a comment before it, such as
    /// "<!-- not run by the tests: needs Docker -->". Empty: they run them.
    QString reason;

    bool operator==(const GuideBlock &) const = default;
};

/// A line that the user types in a terminal.
struct GuideCommand
{
    int line = 0; ///< in the file, counted from 1
    QString text; ///< lines that end with a backslash are joined
    QString reason; ///< as in GuideBlock

    bool operator==(const GuideCommand &) const = default;

    /// Returns the name of the program that the line begins with.
    [[nodiscard]] QString program() const;
    /// Returns whether the tests run the line: it has no reason against it, and needs neither root nor systemd nor the
    /// window nor the source code.
    [[nodiscard]] bool isRun() const;
    /// Returns the arguments of each lifeguardctl in the line, with the name of the command first.
    [[nodiscard]] QList<QStringList> calls() const;
};

/// Returns the names of the files of the user's guide (resources/help).
[[nodiscard]] QStringList guidePages();
[[nodiscard]] QString guideText(const QString &page);
[[nodiscard]] QList<GuideBlock> guideBlocks(const QString &page);
/// Returns the lines of all blocks with commands, in the order of the page.
[[nodiscard]] QList<GuideCommand> guideCommands(const QString &page);

} // namespace lifeguard::test
