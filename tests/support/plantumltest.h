// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/convertertest.h"

namespace lifeguard::test {

/// Base class of tests of the PlantUML converter. All functions use one converter, because starting Java takes longer
/// than a diagram. m_folder contains no files at the beginning of each function.
class PlantUmlTest : public ConverterTest
{
    Q_OBJECT

protected:
    PlantUmlTest() : ConverterTest(180000, s("in.puml")) {} // starting Java takes a second, or many on a busy machine

    /// Uses a new converter for this function, whose processes are not those of the others.
    void useOwnConverter();
    [[nodiscard]] Result<Conversion> convert(const QByteArray &data, const char *format, const QString &inputFile = {},
                                             int diagram = 0);
    [[nodiscard]] Result<Conversion> convertAllPages(const QByteArray &data, const char *format,
                                                     const QString &inputFile = {}, int diagram = 0);
    /// Returns the path of a file or folder of the test data.
    [[nodiscard]] static QString dataPath(const char *name);
    /// Returns the number of Java processes that this process has started.
    [[nodiscard]] static int javaProcesses();

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase();

private:
    bool m_ownsConverter = false; ///< the converter is that of the current function
};

/// Returns the error of a job that has failed.
[[nodiscard]] QString messageOf(const Result<Conversion> &result);

} // namespace lifeguard::test
