// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/worker/converter.h"
#include "tests/support/testhelpers.h"

#include <QTemporaryDir>

#include <optional>

namespace lifeguard::test {

/// Base class of tests that run jobs, one after another, in a converter with its real tool.
class ConverterTest : public QObject
{
protected:
    /// limit: the value of patience. input: the input file of jobs for which a test names none; may be empty.
    explicit ConverterTest(int limit, const QString &input = {}) : patience(limit), m_input(input) {}

    void use(std::unique_ptr<Converter> converter);
    /// Closes the converter; returns whether its tools have ended.
    [[nodiscard]] bool close();
    /// Starts a job; its result will be in m_result. inputFile: a path.
    void begin(const QByteArray &data, const char *format, const QJsonObject &payload = {},
               const QString &inputFile = {});
    /// Runs a job and returns its result.
    [[nodiscard]] Result<Conversion> convert(const QByteArray &data, const char *format,
                                             const QJsonObject &payload = {}, const QString &inputFile = {});
    /// Removes the files in m_folder, except in the folder with this path. Keeps folders, because a tool that stays
    /// open between jobs may work in one of them.
    void removeFiles(const QString &except = {});
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    /// Returns the content of a file in the folder, or an empty array if there is no such file.
    [[nodiscard]] QByteArray content(const char *name) const;
    /// Returns the output of the last job.
    [[nodiscard]] QByteArray output() const { return content("out"); }

    const int patience; ///< in milliseconds; reached only if a test fails
    std::unique_ptr<QTemporaryDir> m_folder; ///< the workspace
    std::unique_ptr<Converter> m_converter;
    std::optional<Result<Conversion>> m_result;
    ConverterSettings m_settings; ///< of the next jobs

private:
    QString m_input;
};

} // namespace lifeguard::test
