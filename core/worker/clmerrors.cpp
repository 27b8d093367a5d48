// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/clmerrors.h"

#include "core/worker/helpermessage.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonArray>
#include <QStringList>

namespace lifeguard {
namespace {

using helpermessage::list;
using helpermessage::number;
using helpermessage::text;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ClmErrors", text);
}

QString templateFailed(const QJsonObject &message)
{
    const QString file = text(message, "file");
    const int line = number(message, "line");
    const QString error = text(message, "error");
    const QString reason = text(message, "message");
    if (line > 0)
        //: %1 is a file, %2 a line, %3 the name of an error, %4 its description.
        return tr("The template cannot be expanded (%1, line %2): %3: %4")
            .arg(file, QString::number(line), error, reason);
    //: %1 is a file, %2 the name of an error, %3 its description.
    return tr("The template cannot be expanded (%1): %2: %3").arg(file, error, reason);
}

QString unknownTag(const QJsonObject &message)
{
    const QString tag = text(message, "tag");
    const QString kind = text(message, "kind");
    const QString similar = text(message, "similar");
    const QString cell = QString::number(number(message, "cell"));
    if (!similar.isEmpty()) {
        return tr("cell %1: the tag '%2' is not known, so the cell might show private text in the kind '%3'. If you "
                  "mean '%4', correct the tag. Otherwise remove it, or let it begin with '_'.")
            .arg(cell, tag, kind, similar);
    }
    return tr("cell %1: the tag '%2' is not known, so the cell might show private text in the kind '%3'. Correct the "
              "tag, remove it, or let it begin with '_'.")
        .arg(cell, tag, kind);
}

QString unknownFormat(const QJsonObject &message)
{
    return tr("The rules of CLX and CLM have no format '%1'. Possible formats: html, notebook, script.")
        .arg(text(message, "format"));
}

QString unknownLanguage(const QJsonObject &message)
{
    return tr("The programming language '%1' is not known. Possible languages: %2.")
        .arg(text(message, "prog_lang"), list(message, "known"));
}

QString noLanguage(const QJsonObject &)
{
    return tr("The rules of CLX and CLM need the language of the output. Add 'language' to the payload, for example "
              "with --language en.");
}

QString markdownDeck(const QJsonObject &)
{
    return withClmWorkerHint(tr("Decks in Markdown (.md) are not supported."));
}

QString httpReplay(const QJsonObject &message)
{
    return withClmWorkerHint(
        tr("The job replays recorded answers of web servers (http_replay_mode '%1'), which Lifeguard cannot do.")
            .arg(text(message, "mode")));
}

} // namespace

std::optional<Error> clmError(const QJsonObject &message)
{
    struct Kind
    {
        ErrorCode code;
        QString (*makeMessage)(const QJsonObject &);
    };
    static const QHash<QString, Kind> kinds{
        {QStringLiteral("http_replay"), {ErrorCode::InvalidArgument, httpReplay}},
        {QStringLiteral("jinja_failed"), {ErrorCode::ToolFailed, templateFailed}},
        {QStringLiteral("markdown_deck"), {ErrorCode::InvalidArgument, markdownDeck}},
        {QStringLiteral("no_language"), {ErrorCode::InvalidArgument, noLanguage}},
        {QStringLiteral("unknown_clm_format"), {ErrorCode::InvalidArgument, unknownFormat}},
        {QStringLiteral("unknown_prog_lang"), {ErrorCode::InvalidArgument, unknownLanguage}},
        {QStringLiteral("unknown_tag"), {ErrorCode::InvalidArgument, unknownTag}},
    };
    const auto kind = kinds.constFind(text(message, "code"));
    if (kind == kinds.cend())
        return std::nullopt;
    return Error{kind->code, kind->makeMessage(message), {}};
}

QString withClmWorkerHint(const QString &message)
{
    //: %1 is a sentence.
    return tr("%1 A pool can run CLM's own worker instead: set its command to 'python3 -m clm.workers.notebook'.")
        .arg(message);
}

} // namespace lifeguard
