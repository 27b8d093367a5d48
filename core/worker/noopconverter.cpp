// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/noopconverter.h"

namespace lifeguard {

NoopConverter::NoopConverter(QObject *parent) : Converter(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &NoopConverter::finish);
}

void NoopConverter::convert(const Job &job, const ConversionContext &context)
{
    m_output = context.outputFile.isEmpty() ? QByteArray() : "noop " + QByteArray::number(job.id) + '\n';
    const int sleep = context.payload.value(QLatin1String("sleep_ms")).toInt();
    if (sleep > 0)
        m_timer.start(sleep);
    else
        finish();
}

void NoopConverter::cancel()
{
    if (!m_timer.isActive())
        return;
    m_timer.stop();
    QMetaObject::invokeMethod(
        this, [this] { Q_EMIT finished(failure(ErrorCode::Cancelled, tr("The job was cancelled."))); },
        Qt::QueuedConnection);
}

void NoopConverter::finish()
{
    Q_EMIT finished(Conversion{false, m_output});
}

} // namespace lifeguard
