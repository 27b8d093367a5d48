// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes timestamps that other programs stored.
#include "core/base/timestamp.h"
#include "tests/fuzz/targets/fuzz.h"

#include <QDateTime>

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QDateTime time = fromSqlTime(QString::fromUtf8(toBytes(data, size)));
    if (!time.isValid())
        return 0;
    require(time.timeSpec() == Qt::UTC, "timestamps are UTC");
    // Ages are computed this way.
    (void)time.secsTo(QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC));
    if (time.date().year() >= 1 && time.date().year() <= 9999)
        require(fromSqlTime(toSqlTime(time)) == time, "a timestamp that was written as text can be read back");
    return 0;
}
