// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/outputwriting.h"

#include "core/model/temporaryoutput.h"
#include "core/worker/sourcehashes.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::OutputWriting", text);
}

/// Returns whether a converter may make a file with this name beside the output.
bool isFileName(const QString &name)
{
    return !name.isEmpty() && name != QLatin1String(".") && name != QLatin1String("..") && !name.contains(u'/');
}

/// Writes the temporary files of the further outputs and adds them to the fingerprint.
Status writeFurther(const OutputWriting &writing, Fingerprint &fingerprint)
{
    const QDir folder(QFileInfo(writing.output.target).path());
    int number = 0;
    for (const FurtherOutput &further : writing.conversion.further) {
        const QString target = folder.filePath(further.name);
        if (!isFileName(further.name) || target == writing.output.target)
            return failure(ErrorCode::Internal, tr("“%1” is not a name for a further output.").arg(further.name));
        if (const Status kept = checkInputIsKept(writing.job, target, writing.workspace); !kept)
            return kept;
        if (QFileInfo(target).isDir())
            return failure(ErrorCode::InvalidArgument, tr("The output %1 is a folder.").arg(target));
        const QString temporary = temporaryFurtherOutput(writing.output.temporary, ++number);
        if (const Status written = writeOutput(temporary, further.content); !written)
            return written;
        fingerprint.further.append({further.name, outputMetadata(temporary)});
    }
    return {};
}

} // namespace

WrittenOutputs writeOutputs(const OutputWriting &writing)
{
    const OutputPath &output = writing.output;
    const Conversion &conversion = writing.conversion;
    WrittenOutputs written;
    written.fingerprint = writing.fingerprint;
    if (!conversion.wroteOutput)
        written.status = writeOutput(output.temporary, conversion.output);
    if (!written.status)
        return written;
    // Read before the file is renamed: afterwards, another worker may already have replaced it.
    written.metadata = outputMetadata(output.temporary);
    if (written.metadata.value(QLatin1String("size")).toInteger() == 0)
        written.status = failure(ErrorCode::ToolFailed, tr("The output is empty."));
    else
        written.status = writeFurther(writing, written.fingerprint);
    if (!written.status)
        return written;
    written.fingerprint.output = written.metadata;
    written.fingerprint.sources = sourceHashes(conversion.sources, writing.readSince);
    if (!writing.inputHash.isEmpty())
        written.fingerprint.sources.insert(writing.job.inputFile, QString::fromLatin1(writing.inputHash));
    written.fingerprint.madeAt = QDateTime::currentDateTimeUtc();
    return written;
}

QList<Fingerprint::Further> obsoleteFiles(const QList<Fingerprint::Further> &former,
                                          const QList<Fingerprint::Further> &made)
{
    QList<Fingerprint::Further> obsolete;
    for (const Fingerprint::Further &file : former) {
        const auto hasName = [&file](const Fingerprint::Further &other) { return other.name == file.name; };
        if (std::none_of(made.cbegin(), made.cend(), hasName) && isFileName(file.name))
            obsolete.append(file);
    }
    return obsolete;
}

} // namespace lifeguard
