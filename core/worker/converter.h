// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/config/convertersettings.h"
#include "core/model/job.h"

#include <QByteArray>
#include <QJsonArray>
#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QStringList>

#include <memory>
#include <optional>

namespace lifeguard {

/// The data that a converter needs in addition to the row of the job.
struct ConversionContext
{
    QString workspace; ///< absolute path
    QJsonObject payload;
    QByteArray data; ///< the content of the input, from the payload or from the input file
    QString inputFolder; ///< the folder of the input file if it exists; only if Converter::usesInputFolder()
    QString format; ///< format of the output, as named in core/config/jobtypes.h; empty if the job has no output
    QString outputFile; ///< the file for the output: a temporary file beside the target; empty if the job has no output
    ConverterSettings settings; ///< of the pool
};

/// A file that a conversion makes in addition to the output of its job, such as the second page of a diagram.
struct FurtherOutput
{
    QString name; ///< of the file, which is written to the folder of the output
    QByteArray content;
    bool operator==(const FurtherOutput &) const = default;
};

/// The result of a successful conversion.
struct Conversion
{
    bool wroteOutput = false; ///< the tool has written ConversionContext::outputFile
    QByteArray output; ///< otherwise the content to write to that file; null if the job has no output
    QList<FurtherOutput> further = {};
    /// What users must know about the output although it was made, in sentences: what was left out, shrunk or cut.
    QStringList notes = {};
    /// The absolute paths of the files, other than the input, that the output depends on. When one of them changes, an
    /// equal job is converted again. Files that do not exist may be included.
    QStringList sources = {};
    /// Warnings for jobs.result as CLM writes them: objects with category, message, severity and details. Nothing: the
    /// notes are the warnings.
    std::optional<QJsonArray> warnings = {};
    bool operator==(const Conversion &) const = default;
};

/// Converts one job at a time, asynchronously. There is one implementation for each job type. A converter lives on the
/// worker's main thread and may keep its tool running between jobs.
class Converter : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Returns whether the tool reads files beside the input.
    [[nodiscard]] virtual bool usesInputFolder() const { return false; }
    /// Returns a text that names everything else on which the outputs of a job with this payload depend: the versions
    /// of the tools and of the converter, and those keys of the payload and of the settings that change the output and
    /// that the content hash does not cover. An output that was made under other rules is not used again. Fast: it is
    /// called for each job, and starts no process.
    [[nodiscard]] virtual QString rules(const QJsonObject &payload, const ConverterSettings &settings) const
    {
        Q_UNUSED(payload)
        Q_UNUSED(settings)
        return {};
    }
    /// Starts what the first job will probably need, so that this job does not wait for it. Called at most once, before
    /// the first job, with the workspace and the settings of ConversionContext. Returns at once, and reports no errors:
    /// converting a job does.
    virtual void startAhead(const QString &workspace, const ConverterSettings &settings)
    {
        Q_UNUSED(workspace)
        Q_UNUSED(settings)
    }
    /// Starts converting the job; finished() is emitted exactly once, possibly before this function returns. Do not
    /// call it while a job is being converted, or after close().
    virtual void convert(const Job &job, const ConversionContext &context) = 0;
    /// Stops the tool and all processes that it has started; finished() is emitted with ErrorCode::Cancelled. Does
    /// nothing if no tool is running.
    virtual void cancel() = 0;
    /// Returns the progress of the current job, for example "cell 4: `x = f()`", or an empty string if it is not known.
    [[nodiscard]] virtual QString progress() const { return {}; }
    /// Stops all tools that are kept running, and then emits closed(); at once if there are none.
    virtual void close() { Q_EMIT closed(); }

Q_SIGNALS:
    void finished(const lifeguard::Result<lifeguard::Conversion> &result);
    void closed();
};

/// Returns the converter of a job type, or null for a type that this program cannot convert. Does not check whether the
/// converter's tool is installed; converting a job does.
[[nodiscard]] std::unique_ptr<Converter> makeConverter(const QString &type);

} // namespace lifeguard
