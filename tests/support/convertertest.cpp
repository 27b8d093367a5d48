// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/convertertest.h"

#include "core/model/job.h"
#include "tests/support/queuetest.h"

#include <QDirIterator>
#include <QFile>
#include <QSignalSpy>
#include <QTest>

namespace lifeguard::test {

void ConverterTest::use(std::unique_ptr<Converter> converter)
{
    m_converter = std::move(converter);
    connect(m_converter.get(), &Converter::finished, this, [this](const Result<Conversion> &result) {
        if (result && !result->wroteOutput)
            write(path("out"), result->output);
        m_result = result;
    });
}

bool ConverterTest::close()
{
    QSignalSpy closed(m_converter.get(), &Converter::closed);
    m_converter->close();
    const bool isClosed = QTest::qWaitFor([&] { return !closed.isEmpty(); }, patience);
    m_converter.reset();
    return isClosed;
}

void ConverterTest::begin(const QByteArray &data, const char *format, const QJsonObject &payload,
                          const QString &inputFile)
{
    Job job;
    job.inputFile = inputFile.isEmpty() && !m_input.isEmpty() ? m_folder->filePath(m_input) : inputFile;
    ConversionContext context;
    context.workspace = m_folder->path();
    context.payload = payload;
    context.data = data;
    if (m_converter->usesInputFolder() && QFileInfo(QFileInfo(job.inputFile).absolutePath()).isDir())
        context.inputFolder = QFileInfo(job.inputFile).absolutePath();
    context.format = s(format);
    context.outputFile = path("out");
    context.settings = m_settings;
    m_result.reset();
    QFile::remove(context.outputFile);
    m_converter->convert(job, context);
}

Result<Conversion> ConverterTest::convert(const QByteArray &data, const char *format, const QJsonObject &payload,
                                          const QString &inputFile)
{
    begin(data, format, payload, inputFile);
    if (!QTest::qWaitFor([this] { return m_result.has_value(); }, patience))
        return failure(ErrorCode::TimedOut, s("The converter did not finish."));
    return *m_result;
}

void ConverterTest::removeFiles(const QString &except)
{
    QDirIterator files(m_folder->path(), QDir::Files | QDir::Hidden | QDir::System, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString file = files.next();
        if (except.isEmpty() || !file.startsWith(except + u'/'))
            QVERIFY(QFile::remove(file));
    }
}

QByteArray ConverterTest::content(const char *name) const
{
    return contentOf(path(name));
}

} // namespace lifeguard::test
