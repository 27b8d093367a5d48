// SPDX-License-Identifier: GPL-3.0-or-later
// Finding drawings in pictures, HTML pages and XML files, in all encodings.
#include "core/formats/drawioembedding.h"
#include "core/formats/drawiofile.h"
#include "places.h"
#include "tests/support/drawings.h"
#include "tests/support/testhelpers.h"

#include <QBuffer>
#include <QFile>
#include <QObject>
#include <QStringEncoder>
#include <QTest>
#include <QtEndian>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

QByteArray sample(const char *name)
{
    QFile file(s(LIFEGUARD_SOURCE_DIR "/tests/data/drawio/") + s(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray twoPages()
{
    return drawioFile(drawioPage(drawioBox("First"), "A") + drawioPage(drawioBox("Second"), "B & C")).trimmed();
}

/// Returns twoPages() with escaped names, so that it is well-formed.
QByteArray drawing()
{
    return twoPages().replace("B & C", "B &amp; C");
}

QByteArray chunk(const QByteArray &type, const QByteArray &content)
{
    QByteArray length(4, '\0');
    qToBigEndian(quint32(content.size()), length.data());
    return length + type + content + QByteArray(4, 'c'); // the checksum is not checked
}

/// Returns a PNG with a chunk after its pixels, of which there are many.
QByteArray pngWith(const QByteArray &type, const QByteArray &content)
{
    return QByteArray("\x89PNG\r\n\x1a\n", 8) + chunk("IHDR", QByteArray(13, '\0'))
         + chunk("IDAT", QByteArray(200'000, 'p')) + chunk(type, content) + chunk("IEND", {});
}

/// Returns the text compressed with the header of zlib.
QByteArray zlib(const QByteArray &text)
{
    return qCompress(text).mid(4);
}

QByteArray svgWith(const QString &content)
{
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" content=\"" + content.toHtmlEscaped().toUtf8()
         + "\"><rect/></svg>";
}

QByteArray htmlWith(const QByteArray &xml)
{
    const QString json = s("{\"toolbar\":\"zoom\",\"xml\":\"")
                       + QString::fromUtf8(xml).replace(u'"', s("\\\"")).replace(u'\n', s("\\n")) + s("\"}");
    return "<!-- saved -->\n<!DOCTYPE html>\n<html><head><title>a</title></head><body><div class=\"mxgraph\" "
           "data-mxgraph=\""
         + json.toHtmlEscaped().toUtf8() + "\"></div></body></html>";
}

QByteArray encoded(QStringConverter::Encoding encoding, const QString &text)
{
    QStringEncoder encoder(encoding, QStringConverter::Flag::WriteBom);
    return encoder(text);
}

/// A device that counts the bytes read from it.
class CountingBuffer : public QBuffer
{
    Q_OBJECT

public:
    using QBuffer::QBuffer;
    qint64 bytes = 0;

protected:
    qint64 readData(char *data, qint64 size) override
    {
        const qint64 count = QBuffer::readData(data, size);
        bytes += std::max<qint64>(count, 0);
        return count;
    }
};

} // namespace

class TestDrawioEmbedding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void drawingsAreFound_data();
    void drawingsAreFound();
    void otherFilesAreRecognised_data();
    void otherFilesAreRecognised();
    void samplesAreRead_data();
    void samplesAreRead();
    void pixelsAreNotRead();
    void plainDrawingsKeepTheirText();
};

void TestDrawioEmbedding::drawingsAreFound_data()
{
    QTest::addColumn<QByteArray>("file");
    const QByteArray percent = drawing().toPercentEncoding();
    QTest::newRow("plain") << drawing();
    QTest::newRow("declaration") << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + drawing();
    QTest::newRow("tEXt") << pngWith("tEXt", QByteArray("mxfile\0", 7) + percent);
    QTest::newRow("zTXt") << pngWith("zTXt", QByteArray("mxfile\0\0", 8) + zlib(percent));
    QTest::newRow("iTXt") << pngWith("iTXt", QByteArray("mxfile\0\0\0\0\0", 11) + drawing());
    QTest::newRow("compressed iTXt") << pngWith("iTXt", QByteArray("mxfile\0\1\0de\0\0", 13) + zlib(drawing()));
    QTest::newRow("svg") << svgWith(QString::fromUtf8(drawing()));
    QTest::newRow("svg, percent-encoded") << svgWith(QString::fromLatin1(percent));
    // zlib's header of two bytes and checksum of four are left out, as draw.io does.
    QTest::newRow("svg, compressed") << svgWith(QString::fromLatin1(zlib(percent).mid(2).chopped(4).toBase64()));
    QTest::newRow("html") << htmlWith(drawing());
    const QString text = QString::fromUtf8(drawing());
    const QString declared = s("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n") + text;
    QTest::newRow("UTF-16, little endian") << encoded(QStringConverter::Utf16LE, declared);
    QTest::newRow("UTF-16, big endian") << encoded(QStringConverter::Utf16BE, declared);
    QTest::newRow("UTF-8 that is declared as UTF-16, as in a payload") << declared.toUtf8();
    QTest::newRow("UTF-8 with a byte order mark") << encoded(QStringConverter::Utf8, text);
}

void TestDrawioEmbedding::drawingsAreFound()
{
    QFETCH(QByteArray, file);
    const Result<QByteArray> found = extractDrawio(file);
    QVERIFY2(found, found ? "" : qPrintable(found.error().message));
    QCOMPARE(found->trimmed(), drawing()); // lines keep their numbers
    QCOMPARE(drawioPageNames(*found).value_or(QStringList()), (QStringList{s("A"), s("B & C")}));
    QBuffer device(&file);
    QVERIFY(device.open(QIODevice::ReadOnly));
    QVERIFY(containsDrawio(device));
}

void TestDrawioEmbedding::otherFilesAreRecognised_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("error");
    QTest::newRow("svg") << sample("photo.svg") << s("This SVG contains no draw.io diagram");
    QTest::newRow("empty content") << svgWith({}) << s("This SVG contains no draw.io diagram");
    QTest::newRow("png") << pngWith("tEXt", QByteArray("Comment\0hello", 13))
                         << s("This PNG contains no draw.io diagram");
    QTest::newRow("truncated png") << pngWith("tEXt", QByteArray("mxfile\0%3C", 10)).left(90'000)
                                   << s("This PNG contains no draw.io diagram");
    QTest::newRow("png with a wrong length")
        << QByteArray("\x89PNG\r\n\x1a\n\xff\xff\xff\xfftEXtmxfile", 22) << s("This PNG contains no draw.io diagram");
    QTest::newRow("html") << QByteArray("<html><body>content=\"x\"</body></html>") << s("This HTML page contains no");
    QTest::newRow("another XML file") << QByteArray("<project><diagram/></project>")
                                      << s("it begins with <project> instead of <mxfile>");
    QTest::newRow("a library of shapes") << QByteArray("<mxlibrary>[]</mxlibrary>") << s("<mxlibrary>");
    QTest::newRow("text") << QByteArray("hello") << s("not well-formed XML");
    QTest::newRow("nothing") << QByteArray() << s("empty");
}

void TestDrawioEmbedding::otherFilesAreRecognised()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, error);
    const auto pages = extractDrawio(file).and_then(drawioPageNames);
    QVERIFY(!pages);
    QVERIFY2(pages.error().message.contains(error), qPrintable(pages.error().message));
    QBuffer device(&file);
    QVERIFY(device.open(QIODevice::ReadOnly));
    QVERIFY(!containsDrawio(device));
}

void TestDrawioEmbedding::samplesAreRead_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("pages");
    QTest::newRow("two.drawio.svg") << s("two.drawio.svg") << QStringList{s("limaword"), s("mikeword")};
    QTest::newRow("packed.drawio.svg") << s("packed.drawio.svg") << QStringList{s("limaword"), s("mikeword")};
    QTest::newRow("one.drawio.png") << s("one.drawio.png") << QStringList{s("P")};
    QTest::newRow("utf16.drawio") << s("utf16.drawio") << QStringList{s("Eins")};
    QTest::newRow("three.drawio") << s("three.drawio") << QStringList{s("oscarword"), s("papaword"), s("quebecword")};
}

void TestDrawioEmbedding::samplesAreRead()
{
    QFETCH(QString, name);
    QTEST(extractDrawio(sample(qPrintable(name))).and_then(drawioPageNames).value_or(QStringList()), "pages");
}

void TestDrawioEmbedding::pixelsAreNotRead()
{
    CountingBuffer file;
    file.setData(pngWith("tEXt", QByteArray("Comment\0hello", 13)));
    QVERIFY(file.open(QIODevice::ReadOnly | QIODevice::Unbuffered));
    QVERIFY(!containsDrawio(file));
    QVERIFY2(file.bytes < 1000, qPrintable(QString::number(file.bytes)));
}

void TestDrawioEmbedding::plainDrawingsKeepTheirText()
{
    const QByteArray declared = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + drawing() + "\n";
    QCOMPARE(drawioPayloadText(declared).toUtf8(), declared); // CLX hashes this text
    QCOMPARE(drawioPayloadText(svgWith(QString::fromUtf8(drawing()))).toUtf8(), drawing());
    QCOMPARE(drawioPayloadText(pngWith("tEXt", QByteArray("mxfile\0", 7) + drawing().toPercentEncoding())).toUtf8(),
             drawing());
    QCOMPARE(drawioPayloadText("hello"), s("hello"));
}

QTEST_GUILESS_MAIN(TestDrawioEmbedding)
#include "tst_drawioembedding.moc"
