// SPDX-License-Identifier: GPL-3.0-or-later
// Times that other programs stored.
#include "core/base/timestamp.h"
#include "tests/fuzz/targets/fuzz.h"

#include <QDateTime>

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QDateTime time = fromSqlTime(QString::fromUtf8(bytesOf(data, size)));
    if (!time.isValid())
        return 0;
    promise(time.timeSpec() == Qt::UTC, "times are UTC");
    // As ages are made of them.
    (void)time.secsTo(QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC));
    if (time.date().year() >= 1 && time.date().year() <= 9999)
        promise(fromSqlTime(toSqlTime(time)) == time, "what is stored of a time is that time");
    return 0;
}
