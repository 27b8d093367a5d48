// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/guide.h"

#include "places.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>

namespace lifeguard::test {

namespace {

/// Returns the line without the comment at its end.
QString withoutComment(const QString &line)
{
    static const QRegularExpression comment(s("\\s+# .*$"));
    return QString(line).remove(comment).trimmed();
}

} // namespace

QString GuideCommand::program() const
{
    return text.section(u' ', 0, 0);
}

bool GuideCommand::isRun() const
{
    static const QStringList others{s("sudo"), s("systemctl"), s("journalctl"), s("lifeguard")};
    return reason.isEmpty() && !others.contains(program()) && !program().startsWith(s("packaging/"));
}

QList<QStringList> GuideCommand::calls() const
{
    static const QRegularExpression call(s("\\blifeguardctl ([^|<>)]+)"));
    QList<QStringList> result;
    for (auto at = call.globalMatch(text); at.hasNext();)
        result.append(QProcess::splitCommand(at.next().captured(1)));
    return result;
}

QStringList guidePages()
{
    return QDir(s(LIFEGUARD_SOURCE_DIR "/resources/help")).entryList({s("*.md")});
}

QString guideText(const QString &page)
{
    QFile file(s(LIFEGUARD_SOURCE_DIR "/resources/help/") + page);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QList<GuideBlock> guideBlocks(const QString &page)
{
    static const QRegularExpression marker(s("^<!-- not run by the tests: (.+) -->$"));
    const QStringList lines = guideText(page).split(u'\n');
    QList<GuideBlock> blocks;
    QString reason; // of the next block
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const QString &line = lines.at(i);
        if (const auto found = marker.match(line); found.hasMatch()) {
            reason = found.captured(1);
            continue;
        }
        GuideBlock block;
        block.line = int(i + 1);
        block.reason = reason;
        if (line.startsWith(s("```"))) {
            block.language = line.mid(3).trimmed();
            ++block.line;
            for (++i; i < lines.size() && !lines.at(i).startsWith(s("```")); ++i)
                block.text += lines.at(i) + u'\n';
        } else if (line.startsWith(s("    ")) && (i == 0 || lines.at(i - 1).isEmpty())) {
            block.language = s("console");
            for (; i < lines.size() && (lines.at(i).startsWith(s("    ")) || lines.at(i).isEmpty()); ++i)
                block.text += lines.at(i).mid(4) + u'\n';
            --i;
        } else {
            if (!line.isEmpty())
                reason.clear();
            continue;
        }
        blocks.append(block);
        reason.clear();
    }
    return blocks;
}

QList<GuideCommand> guideCommands(const QString &page)
{
    QList<GuideCommand> commands;
    for (const GuideBlock &block : guideBlocks(page)) {
        if (block.language != s("console"))
            continue;
        GuideCommand command;
        command.reason = block.reason;
        int line = block.line - 1;
        for (const QString &each : block.text.split(u'\n')) {
            ++line;
            if (command.text.isEmpty())
                command.line = line;
            command.text += withoutComment(each);
            if (command.text.endsWith(u'\\')) {
                command.text.chop(1);
                continue;
            }
            if (!command.text.isEmpty())
                commands.append(command);
            command.text.clear();
        }
    }
    return commands;
}

} // namespace lifeguard::test
