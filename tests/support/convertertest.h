// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/converter.h"
#include "tests/support/testhelpers.h"

#include <QTemporaryDir>

#include <optional>

namespace lifeguard::test {

/// A test that gives jobs to a converter, one after the other, with its real tool.
class ConverterTest : public QObject
{
protected:
    /// limit: see patience. input: the jobs' input file where a test names none; empty: none.
    explicit ConverterTest(int limit, const QString &input = {}) : patience(limit), m_input(input) { }

    void use(std::unique_ptr<Converter> converter);
    /// Ends the converter's tools; answers whether they ended.
    bool close();
    /// Gives the converter a job; its answer will be in m_result. inputFile is a path.
    void begin(const QByteArray &data, const char *format, const QJsonObject &payload = {}, const QString &inputFile = {});
    /// The same, and waits for the answer.
    Result<Conversion> convert(const QByteArray &data, const char *format, const QJsonObject &payload = {}, const QString &inputFile = {});
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    /// The bytes of a file in the folder; none where there is no such file.
    [[nodiscard]] QByteArray content(const char *name) const;
    /// What the last job made.
    [[nodiscard]] QByteArray output() const { return content("out"); }

    const int patience; ///< ms; only ever reached by a failure
    std::unique_ptr<QTemporaryDir> m_folder; ///< the workspace
    std::unique_ptr<Converter> m_converter;
    std::optional<Result<Conversion>> m_result;

private:
    QString m_input;
};

} // namespace lifeguard::test
