// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/notebooknotes.h"

#include "core/worker/helpermessage.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonObject>

namespace lifeguard {
namespace {

using helpermessage::list;
using helpermessage::number;
using helpermessage::text;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::NotebookNotes", text);
}

QString cell(const QJsonObject &note)
{
    return QString::number(number(note, "cell"));
}

QString outputCut(const QJsonObject &note)
{
    //: %1 is the number of a cell, %2 a number of megabytes.
    return tr("The output of cell %1 is too large: %2 MB of it were left out. Print less, or write it to a file.")
        .arg(cell(note), text(note, "missing"));
}

QString kernelEnded(const QJsonObject &note)
{
    return tr("Cell %1, the last one, ended the kernel. Output that it had not sent by then is missing.")
        .arg(cell(note));
}

QString kernelReplaced(const QJsonObject &note)
{
    //: %1 and %2 are names of kernels.
    return tr("The kernel '%1' is not installed. The notebook was run by '%2', another kernel for its language.")
        .arg(text(note, "kernel"), text(note, "used"));
}

QString pictureOutside(const QJsonObject &note)
{
    return tr("The picture %1 lies outside the workspace, so it was not embedded.").arg(text(note, "name"));
}

QString pictureNotFound(const QJsonObject &note)
{
    return tr("The picture %1 was not found, so it was not embedded.").arg(text(note, "name"));
}

QString pictureUnreadable(const QJsonObject &note)
{
    return tr("%1 is not a picture that can be read, so it was not embedded.").arg(text(note, "name"));
}

QString sourcesMissing(const QJsonObject &note)
{
    return tr("The notebook declares files that do not exist: %1.").arg(list(note, "names"));
}

QString sourcesOutside(const QJsonObject &note)
{
    return tr("The notebook declares files outside the workspace, whose changes are not noticed: %1. Name their "
              "folders in allow_files of the pool.")
        .arg(list(note, "names"));
}

QString undeclaredFiles(const QJsonObject &note)
{
    const int more = number(note, "more");
    QString names = list(note, "names");
    if (more > 0) {
        //: %1 is a list of files, %2 the number of those that are not in it.
        names = tr("%1, and %2 more").arg(names, QString::number(more));
    }
    return tr("The results depend on files that the notebook does not declare: %1. When such a file changes, the "
              "notebook is not converted again.")
        .arg(names);
}

} // namespace

QStringList notebookNotes(const QJsonArray &notes)
{
    using MakeNote = QString (*)(const QJsonObject &);
    static const QHash<QString, MakeNote> known{
        {QStringLiteral("kernel_ended"), kernelEnded},
        {QStringLiteral("kernel_replaced"), kernelReplaced},
        {QStringLiteral("output_cut"), outputCut},
        {QStringLiteral("picture_not_found"), pictureNotFound},
        {QStringLiteral("picture_outside"), pictureOutside},
        {QStringLiteral("picture_unreadable"), pictureUnreadable},
        {QStringLiteral("sources_missing"), sourcesMissing},
        {QStringLiteral("sources_outside"), sourcesOutside},
        {QStringLiteral("undeclared_files"), undeclaredFiles},
    };
    QStringList sentences;
    for (const QJsonValue &value : notes) {
        const QJsonObject note = value.toObject();
        if (const MakeNote make = known.value(text(note, "code")))
            sentences.append(make(note));
    }
    return sentences;
}

} // namespace lifeguard
