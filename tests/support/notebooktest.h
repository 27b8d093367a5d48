// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/convertertest.h"

#include <QJsonObject>
#include <QList>

namespace lifeguard::test {

/// Returns a notebook (.ipynb) with a code cell for each source, or a Markdown cell if the source begins with "# ".
/// metadata: by default that of a Python notebook.
[[nodiscard]] QByteArray notebook(const QList<QByteArray> &sources, const QJsonObject &metadata = {});

/// Returns the content of a file in tests/data/notebooks, or an empty array if there is none.
[[nodiscard]] QByteArray notebookData(const QString &name);
/// Returns the cells of a notebook (.ipynb).
[[nodiscard]] QList<QJsonObject> cellsOf(const QByteArray &ipynb);
/// Returns a text that is a string or a list of lines, as in notebooks.
[[nodiscard]] QString joined(const QJsonValue &lines);
/// Returns what a cell has written to stdout and stderr.
[[nodiscard]] QString printedBy(const QJsonObject &cell);

/// Base class of tests of the notebook converter with the real nbconvert; they fail if it is not installed.
class NotebookTest : public ConverterTest
{
    Q_OBJECT

protected:
    NotebookTest()
        : ConverterTest(120000, s("in.ipynb")) {} // starting a kernel takes a second, or many on a busy machine
    [[nodiscard]] Result<Conversion> convert(const QByteArray &data, const char *format = "markdown",
                                             const QJsonObject &payload = {}, const QString &inputFile = {})
    {
        return ConverterTest::convert(data, format, payload, inputFile);
    }
    /// Converts a script with one cell.
    [[nodiscard]] Result<Conversion> convertScript(const QByteArray &cell)
    {
        return convert("# %%\n" + cell + "\n", "markdown", {}, path("in.py"));
    }
    /// Creates a new converter, whose helper has not been started.
    void createConverter();
    /// Waits for a file in which a cell has written its pid, and returns the pid.
    [[nodiscard]] qint64 pidIn(const char *name) const;

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanupTestCase();
};

} // namespace lifeguard::test
