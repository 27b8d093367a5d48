// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/convertertest.h"

#include <QJsonObject>

namespace lifeguard::test {

/// A notebook (.ipynb) of code cells, and of Markdown where a source begins with "# ". metadata: of Python where none is given.
[[nodiscard]] QByteArray notebook(const QList<QByteArray> &sources, const QJsonObject &metadata = {});

/// A test of the notebook converter with the real nbconvert; skipped where that is not installed.
class NotebookTest : public ConverterTest
{
    Q_OBJECT

protected:
    NotebookTest() : ConverterTest(120000, s("in.ipynb")) { } // a kernel starts in a second, and in many on a busy machine
    Result<Conversion> convert(const QByteArray &data, const char *format = "markdown", const QJsonObject &payload = {}, const QString &inputFile = {})
    {
        return ConverterTest::convert(data, format, payload, inputFile);
    }
    /// A script of one cell.
    Result<Conversion> script(const QByteArray &cell) { return convert("# %%\n" + cell + "\n", "markdown", {}, path("in.py")); }
    /// A fresh converter, whose Python has not been started yet.
    void renew();
    /// The pid that a cell wrote into a file beside the input, once it is there.
    [[nodiscard]] qint64 pidIn(const char *name) const;

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanupTestCase();
};

} // namespace lifeguard::test
