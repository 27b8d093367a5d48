// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/job.h"

#include <QJsonObject>
#include <QObject>

#include <memory>

namespace lifeguard {

/// What a converter needs beside the job's row.
struct ConversionContext
{
    QString workspace; ///< absolute
    QJsonObject payload;
    QByteArray data; ///< the input's text, from the payload or the input file
    QString format; ///< of the output, as core/config/jobtypes names it; empty when the job has none
    QString outputFile; ///< write here: a temporary file beside the target; empty when the job has no output
};

/// What a conversion made.
struct Conversion
{
    bool wroteOutput = false;
    bool operator==(const Conversion &) const = default;
};

/// Converts one job at a time, asynchronously: after convert(), finished() comes exactly once, from the event loop. Lives
/// on the worker's main thread and may keep its tool warm between jobs. One implementation a job type.
class Converter : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void convert(const Job &job, const ConversionContext &context) = 0;
    /// Ends the tool and everything it started; finished() follows with Cancelled. Nothing happens when none runs.
    virtual void cancel() = 0;
    /// How far the job at work has come, in words ("cell 4: `x = f()`"); empty where nothing can be said.
    [[nodiscard]] virtual QString progress() const { return {}; }
    /// Ends tools that are kept warm; closed() follows, at once where there are none. Nothing is converted after it.
    virtual void close() { Q_EMIT closed(); }

Q_SIGNALS:
    void finished(const lifeguard::Result<lifeguard::Conversion> &result);
    void closed();
};

/// The converter of a job type, null for types we do not know. What its tool lacks is said by the jobs that need it.
[[nodiscard]] std::unique_ptr<Converter> makeConverter(const QString &type);

} // namespace lifeguard
