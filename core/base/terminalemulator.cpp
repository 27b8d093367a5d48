// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/terminalemulator.h"

#include <QCoreApplication>
#include <QList>
#include <QStandardPaths>

namespace lifeguard {
namespace {

struct Terminal
{
    QString program;
    QStringList arguments; ///< before the command
};

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::TerminalEmulator", text);
}

} // namespace

Result<QStringList> inTerminalEmulator(const QStringList &command)
{
    const QStringList execute{QStringLiteral("-e")};
    const QList<Terminal> terminals{
        {qEnvironmentVariable("TERMINAL"), execute},
        {QStringLiteral("xdg-terminal-exec"), {}},
        {QStringLiteral("x-terminal-emulator"), execute}, // Debian's alternative; all programs behind it accept -e
        {QStringLiteral("gnome-terminal"), {QStringLiteral("--")}},
        {QStringLiteral("konsole"), execute},
        {QStringLiteral("xfce4-terminal"), {QStringLiteral("-x")}},
        {QStringLiteral("xterm"), execute},
    };
    for (const Terminal &terminal : terminals) {
        if (terminal.program.isEmpty())
            continue;
        const QString program = QStandardPaths::findExecutable(terminal.program);
        if (!program.isEmpty())
            return QStringList{program} + terminal.arguments + command;
    }
    return failure(ErrorCode::ToolMissing,
                   tr("No terminal emulator was found. Set $TERMINAL, or install one. On Debian: apt install xterm"));
}

} // namespace lifeguard
