// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "tests/support/queuetest.h"

#include <QObject>

namespace lifeguard::test {

/// The type of the jobs of most tests.
inline const QString noop = QStringLiteral("noop");

[[nodiscard]] inline QString statusOf(const Job &job)
{
    return toString(job.status);
}

/// A test with a new database for each test function.
class QueueTestCase : public QObject
{
    Q_OBJECT

protected:
    std::unique_ptr<QueueTest> t;

private Q_SLOTS:
    void init() { t = std::make_unique<QueueTest>(); }
    void cleanup() { t.reset(); }
};

} // namespace lifeguard::test
