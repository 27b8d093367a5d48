// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/fingerprint.h"
#include "core/model/job.h"
#include "core/worker/converter.h"
#include "core/worker/jobfiles.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>
#include <QList>
#include <QString>

namespace lifeguard {

/// What to write after a conversion.
struct OutputWriting
{
    Job job; ///< with local paths
    QString workspace;
    OutputPath output;
    Conversion conversion;
    Fingerprint fingerprint; ///< contentHash, rules and notes are set
    QDateTime readSince; ///< UTC; when the conversion began
    QByteArray inputHash; ///< of an input that was read from the input file; otherwise empty
};

/// The result of writing the outputs of a job.
struct WrittenOutputs
{
    Status status;
    QJsonObject metadata; ///< of the output
    Fingerprint fingerprint; ///< with local paths
};

/// Writes the temporary files of the output and of the further outputs, and completes the fingerprint. Fails if the
/// output is empty, or if a further output would lie elsewhere or overwrite the input. Accesses files, and may block
/// forever on an unreachable network share: call it on a FileThread.
[[nodiscard]] WrittenOutputs writeOutputs(const OutputWriting &writing);

/// Returns the files that were made with the former output of this name, and not with the new one. Pure.
[[nodiscard]] QList<Fingerprint::Further> obsoleteFiles(const QList<Fingerprint::Further> &former,
                                                        const QList<Fingerprint::Further> &made);

} // namespace lifeguard
