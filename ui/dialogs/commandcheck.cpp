// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/commandcheck.h"

#include "core/tools/missingtools.h"
#include "ui/format.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace lifeguard {

namespace {

/// Provides tr() with a context of its own.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(lifeguard::CommandCheck)
};

} // namespace

CommandCheck checkCommand(const QString &type, const QStringList &command, const QString &workspace)
{
    if (command.isEmpty()) {
        return {missingTools(type), {}};
    }
    // The executor searches in the same way.
    const QString &name = command.first();
    const bool isPath = name.contains(QLatin1Char('/'));
    const QString path = isPath ? QFileInfo(QDir(workspace), name).absoluteFilePath() : QStandardPaths::findExecutable(name);
    const QFileInfo info(path);
    if (!isPath && path.isEmpty()) {
        return {{}, Text::tr("The program '%1' was not found in the folders of PATH.").arg(name)};
    }
    if (!info.exists()) {
        return {{}, Text::tr("The file %1 does not exist.").arg(format::displayPath(path))};
    }
    if (info.isDir()) {
        return {{}, Text::tr("%1 is a folder, not a program.").arg(format::displayPath(path))};
    }
    if (!info.isExecutable()) {
        return {{}, Text::tr("%1 is not executable.").arg(format::displayPath(path))};
    }
    return {};
}

QString quotedCommand(const QStringList &command)
{
    QStringList words;
    for (const QString &word : command) {
        const bool isPlain = !word.isEmpty() && !word.contains(QLatin1Char(' ')) && !word.contains(QLatin1Char('"'));
        words.append(isPlain ? word
                             : QLatin1Char('"') + QString(word).replace(QLatin1Char('"'), QStringLiteral("\"\"\"")) + QLatin1Char('"'));
    }
    return words.join(QLatin1Char(' '));
}

} // namespace lifeguard
