// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/convertertest.h"
#include "tests/support/drawings.h"

#include <QJsonObject>

namespace lifeguard::test {

/// Base class of tests of the draw.io converter. Each test function has a new converter, which must leave no process
/// and no file behind.
class DrawioTest : public ConverterTest
{
    Q_OBJECT

protected:
    DrawioTest() : ConverterTest(180000) {} // starting a browser takes a second, or a minute on a busy machine
    /// Returns a file with one page, which contains one box.
    [[nodiscard]] static QByteArray box(const char *label) { return drawioFile(drawioPage(drawioBox(label), "One")); }
    /// Returns the pids of all descendants of this process.
    [[nodiscard]] static QList<qint64> descendants();

private Q_SLOTS:
    void init();
    void cleanup();
};

} // namespace lifeguard::test

/// Runs convert(data, format, payload); the test fails with the error if that fails.
#define VERIFY_CONVERTED(...) \
    do { \
        const auto converted = convert(__VA_ARGS__); \
        QVERIFY2(converted, \
                 converted ? "" : qPrintable(converted.error().message + s(" | ") + converted.error().detail)); \
    } while (false)
