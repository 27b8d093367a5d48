// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/clmnotes.h"

#include "core/model/jobresult.h"
#include "core/worker/helpermessage.h"

#include <QCoreApplication>

namespace lifeguard {
namespace {

using helpermessage::list;
using helpermessage::number;
using helpermessage::text;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::ClmNotes", text);
}

QString invalidTag(const QJsonObject &note)
{
    const QString cell = QString::number(number(note, "cell"));
    if (text(note, "type") == QLatin1String("code"))
        return tr("Cell %1: the tag '%2' has no meaning for code.").arg(cell, text(note, "tag"));
    return tr("Cell %1: the tag '%2' has no meaning for text.").arg(cell, text(note, "tag"));
}

QString notExecuted(const QJsonObject &note)
{
    if (note.value(QLatin1String("skipped")).toBool())
        return tr("The code was not executed, as the job requests (skip_evaluation), so the page has no results.");
    return tr("Code of the kind '%1' is not executed, so the page has no results.").arg(text(note, "kind"));
}

QString noteText(const QJsonObject &note)
{
    const QString code = text(note, "code");
    const QString cell = QString::number(number(note, "cell"));
    if (code == QLatin1String("rules_used"))
        return text(note, "rules") == QLatin1String("clm") ? tr("Cells were selected by the rules of CLM 1.27.")
                                                           : tr("Cells were selected by the rules of CLX.");
    if (code == QLatin1String("invalid_tag"))
        return invalidTag(note);
    if (code == QLatin1String("multiple_slide_tags"))
        return tr("Cell %1 has several slide tags (%2). The first one was used.").arg(cell, list(note, "tags"));
    if (code == QLatin1String("voiceover_kept"))
        return tr("Cell %1 is tagged 'voiceover'. CLX does not know this tag, so the output contains the cell.")
            .arg(cell);
    if (code == QLatin1String("similar_tag"))
        return tr("Cell %1: the tag '%2' is not known, so the output contains the cell. Did you mean '%3'?")
            .arg(cell, text(note, "tag"), text(note, "similar"));
    if (code == QLatin1String("picture_missing"))
        return tr("The picture %1 is not among the files of the topic, so it was not embedded.")
            .arg(text(note, "path"));
    if (code == QLatin1String("not_executed"))
        return notExecuted(note);
    if (code == QLatin1String("from_cache"))
        return tr("The results are those of the recording, from CLM's cache of executed notebooks.");
    if (code == QLatin1String("not_cached"))
        //: %1 is the reason, such as "database is locked".
        return tr("The results could not be stored in CLM's cache of executed notebooks (%1), so the page of the kind "
                  "'partial' has none.")
            .arg(text(note, "reason"));
    if (code == QLatin1String("errors_skipped"))
        return tr("Cells that failed have no results (skip_errors): %1.").arg(list(note, "cells"));
    if (code == QLatin1String("keys_without_effect"))
        return tr("These payload keys have no effect under Lifeguard's own rules: %1.").arg(list(note, "keys"));
    if (code == QLatin1String("templates_not_expanded"))
        return tr("The notebook contains templates ('j2'), which are expanded only under the rules of CLM or CLX.");
    return {};
}

} // namespace

QStringList clmNotes(const QJsonArray &notes)
{
    QStringList texts;
    for (const QJsonValue &note : notes) {
        if (const QString sentence = noteText(note.toObject()); !sentence.isEmpty() && !texts.contains(sentence))
            texts.append(sentence);
    }
    return texts;
}

QJsonArray clmWarnings(const QJsonArray &warnings, const QStringList &notes)
{
    QJsonArray all = warnings;
    const QJsonArray ofNotes = warningsOf(notes);
    for (const QJsonValue &warning : ofNotes)
        all.append(warning);
    return all;
}

QJsonArray notesWithoutWarning(const QJsonArray &notes)
{
    QJsonArray others;
    for (const QJsonValue &note : notes) {
        if (note.toObject().value(QLatin1String("is_warning")).toBool(true))
            others.append(note);
    }
    return others;
}

} // namespace lifeguard
