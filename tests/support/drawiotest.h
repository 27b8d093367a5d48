// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/convertertest.h"
#include "tests/support/drawings.h"

#include <QJsonObject>

namespace lifeguard::test {

/// A test of the draw.io converter, with a new one for each function, which is to leave no process and no file behind.
class DrawioTest : public ConverterTest
{
    Q_OBJECT

protected:
    DrawioTest() : ConverterTest(60000) { } // a browser starts in a second, and in many on a busy machine
    /// A file of one page, with one box on it.
    [[nodiscard]] static QByteArray box(const char *label) { return drawioFile(drawioPage(drawioBox(label), "One")); }
    /// All processes that come from this one.
    [[nodiscard]] static QList<qint64> below();

private Q_SLOTS:
    void init();
    void cleanup();
};

} // namespace lifeguard::test

/// Converts (data, format, payload); the test fails with its words where that does.
#define CONVERTS(...) \
    do { \
        const auto made = convert(__VA_ARGS__); \
        QVERIFY2(made, made ? "" : qPrintable(made.error().message + s(" | ") + made.error().detail)); \
    } while (false)
