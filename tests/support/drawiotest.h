// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/convertertest.h"
#include "tests/support/drawings.h"

#include <QDir>
#include <QJsonObject>

namespace lifeguard::test {

/// Base class of tests of the draw.io converter. All functions use one converter, because starting a browser takes much
/// longer than a drawing. It must leave no drawing behind after each function, and no process and no file when it is
/// closed. m_folder contains no files at the beginning of each function.
class DrawioTest : public ConverterTest
{
    Q_OBJECT

protected:
    DrawioTest() : ConverterTest(180000) {} // starting a browser takes a second, or a minute on a busy machine
    /// Returns a file with one page, which contains one box.
    [[nodiscard]] static QByteArray box(const char *label) { return drawioFile(drawioPage(drawioBox(label), "One")); }
    /// Returns the pids of all descendants of this process.
    [[nodiscard]] static QList<qint64> descendants();
    /// Closes the converter, if there is one, and verifies that it leaves nothing behind. The next function has a new
    /// converter.
    void closeConverter();

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase();

private:
    QDir m_temporary; ///< for temporary files of the converter
};

} // namespace lifeguard::test

/// Runs convert(data, format, payload); the test fails with the error if that fails.
#define VERIFY_CONVERTED(...) \
    do { \
        const auto converted = convert(__VA_ARGS__); \
        QVERIFY2(converted, \
                 converted ? "" : qPrintable(converted.error().message + s(" | ") + converted.error().detail)); \
    } while (false)
