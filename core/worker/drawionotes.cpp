// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/drawionotes.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace lifeguard {
namespace {

constexpr int maxNames = 5; ///< names in one note

QString tr(const char *text, int count = -1)
{
    return QCoreApplication::translate("lifeguard::DrawioNotes", text, nullptr, count);
}

/// Returns the first texts of a list, separated by commas.
QString namesIn(const QJsonValue &list)
{
    QStringList names;
    const QJsonArray array = list.toArray();
    for (const QJsonValue &name : array) {
        if (names.size() < maxNames)
            names.append(name.toString());
    }
    const QString text = names.join(QStringLiteral(", "));
    //: The end of a list of names.
    return array.size() > maxNames ? tr("%1 and %n more", int(array.size()) - maxNames).arg(text) : text;
}

QString shrunkNote(const QJsonObject &shrunk)
{
    const double from = shrunk.value(QLatin1String("from")).toDouble(1);
    const double to = shrunk.value(QLatin1String("to")).toDouble(1);
    return tr("The picture was shrunk to %1 % of its usual size, because its sides cannot be longer than %2 pixels. "
              "Choose the format svg or pdf, or divide the drawing into pages.")
        .arg(qRound(to / from * 100))
        .arg(shrunk.value(QLatin1String("limit")).toInt());
}

QString farAwayNote(const QJsonObject &far)
{
    const int shapes = far.value(QLatin1String("shapes")).toInt();
    const QString distance = QString::number(far.value(QLatin1String("distance")).toInt());
    const QString label = far.value(QLatin1String("label")).toString();
    if (label.isEmpty())
        return tr("Most of the picture is empty. Distance of %n shape(s) from the others: %1 pixels.", shapes)
            .arg(distance);
    //: %2 is the text in a shape.
    return tr("Most of the picture is empty. Distance of %n shape(s) (\"%2\") from the others: %1 pixels.", shapes)
        .arg(distance, label);
}

} // namespace

QStringList drawioNotes(const QJsonObject &facts)
{
    QStringList notes;
    if (const QJsonValue shrunk = facts.value(QLatin1String("shrunk")); shrunk.isObject())
        notes.append(shrunkNote(shrunk.toObject()));
    const QJsonArray farAway = facts.value(QLatin1String("farAway")).toArray();
    for (const QJsonValue &far : farAway)
        notes.append(farAwayNote(far.toObject()));
    if (const QString names = namesIn(facts.value(QLatin1String("blocked"))); !names.isEmpty()) {
        notes.append(
            tr("Linked pictures, fonts or pages were left out, because drawings cannot load them: %1. Embed them in "
               "the drawing, or allow them with allow_files or allow_network in the configuration of the pool.")
                .arg(names));
    }
    if (const QString names = namesIn(facts.value(QLatin1String("unknownShapes"))); !names.isEmpty())
        notes.append(
            tr("This version of draw.io does not know some shapes, which it draws as boxes and lines: %1.").arg(names));
    if (const QString names = namesIn(facts.value(QLatin1String("unknownKeys"))); !names.isEmpty())
        notes.append(tr("This version of draw.io ignores some styles of newer versions: %1.").arg(names));
    if (const qsizetype empty = facts.value(QLatin1String("emptyPages")).toArray().size(); empty > 0)
        notes.append(tr("Left out: %n empty page(s).", int(empty)));
    return notes;
}

QString undrawnPagesNote(int pages)
{
    return tr("The drawing has %n page(s); only the first one was drawn.", pages);
}

} // namespace lifeguard
