// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

namespace lifeguard::bench {

/// A command line.
struct Command
{
    QString program;
    QStringList arguments;
};

/// Runs the commands, with this many at the same time, and waits for their ends. Returns the seconds. Exits the program
/// with the output of the command if one of them fails.
double secondsOf(const QList<Command> &commands, int atOnce = 1);
/// Runs a command and returns its standard output. Exits the program if it fails.
[[nodiscard]] QByteArray outputOf(const Command &command);

} // namespace lifeguard::bench
