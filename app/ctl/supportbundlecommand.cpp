// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/supportbundlecommand.h"

#include "app/ctl/console.h"
#include "app/ctl/supportbundle.h"
#include "app/ctl/text.h"

#include <QDateTime>
#include <QFileInfo>

namespace lifeguard::ctl {

SupportBundleCommand::SupportBundleCommand()
    : Command(
        {QStringLiteral("support-bundle"), Text::tr("write an archive to attach to a report of a problem"),
         Text::tr("Writes a compressed archive with versions, the findings of 'lifeguardctl doctor', the output of "
                  "'lifeguardctl config show', the numbers of jobs, workers, the newest events and the ends of the "
                  "newest logs. Everything that looks like a "
                  "secret is masked; look through the files before you publish them."),
         CommandLine::Access::Reads})
{
}

void SupportBundleCommand::declareArguments(CommandLine &line) const
{
    line.addPositional(QStringLiteral("file"),
                       Text::tr("The archive. Default: lifeguard-support-DATE-TIME.tar.gz in the current folder."),
                       QStringLiteral("[FILE]"));
}

CommandResult SupportBundleCommand::execute(const CommandLine &line)
{
    const QStringList arguments = line.positionals();
    if (arguments.size() > 1)
        return usageError(Text::tr("Name at most one file."));
    const QString usual = QStringLiteral("lifeguard-support-%1.tar.gz")
                              .arg(QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss")));
    const QString path = QFileInfo(arguments.isEmpty() ? usual : arguments.first()).absoluteFilePath();
    const QList<SupportFile> files = collectSupportFiles(line);
    if (const Status written = writeSupportArchive(path, files); !written)
        return inputError(written.error());
    if (line.json())
        printJson(QJsonObject{{QStringLiteral("file"), path}, {QStringLiteral("files"), int(files.size())}});
    else
        printText(Text::tr("Wrote %1. Look through its files before you publish them.").arg(path));
    return ExitCode::Success;
}

} // namespace lifeguard::ctl
