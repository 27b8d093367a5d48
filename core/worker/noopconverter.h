// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/converter.h"

#include <QTimer>

namespace lifeguard {

/// Converts nothing, for tests and benchmarks. Waits for N milliseconds if the payload is {"sleep_ms": N}. The output,
/// if the job has one, is one line of text.
class NoopConverter : public Converter
{
    Q_OBJECT

public:
    explicit NoopConverter(QObject *parent = nullptr);
    void convert(const Job &job, const ConversionContext &context) override;
    void cancel() override;

private:
    void finish();

    QTimer m_timer;
    QByteArray m_output;
};

} // namespace lifeguard
