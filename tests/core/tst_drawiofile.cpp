// SPDX-License-Identifier: GPL-3.0-or-later
// Reading draw.io files, extracting a page, and checking outputs.
#include "core/formats/drawioembedding.h"
#include "core/formats/drawiofile.h"
#include "tests/support/drawings.h"
#include "tests/support/pictures.h"
#include "tests/support/testhelpers.h"

#include <QObject>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Returns the number of pages of a file.
Result<int> pagesOf(const QByteArray &data)
{
    return extractDrawio(data).and_then(drawioPageNames).map([](const QStringList &names) {
        return int(names.size());
    });
}

} // namespace

class TestDrawioFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsPages_data();
    void countsPages();
    void extractsOnePage();
    void checksOutputs();
};

void TestDrawioFile::countsPages_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<int>("pages");
    QTest::addColumn<QString>("error");
    const QByteArray page = drawioPage(drawioEmptyModel(), "x");
    QTest::newRow("one page") << drawioFile(page) << 1 << QString();
    QTest::newRow("three pages") << drawioFile(page + page + page) << 3 << QString();
    QTest::newRow("only a model") << drawioEmptyModel() << 1 << QString();
    QTest::newRow("compressed") << drawioFile(drawioCompressedPage()) << 1 << QString();
    QTest::newRow("byte order mark") << "\xef\xbb\xbf" + drawioFile(page) << 1 << QString();
    QTest::newRow("declaration") << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + drawioFile(page) << 1 << QString();
    QTest::newRow("svg with a copy of the drawing")
        << QByteArray("<svg xmlns=\"http://www.w3.org/2000/svg\" "
                      "content=\"&lt;mxfile&gt;&lt;diagram/&gt;&lt;diagram/&gt;&lt;/mxfile&gt;\"/>")
        << 2 << QString();
    QTest::newRow("svg") << QByteArray("<svg xmlns=\"http://www.w3.org/2000/svg\"/>") << 0
                         << s("contains no draw.io diagram");
    QTest::newRow("empty file") << QByteArray() << 0 << s("empty");
    QTest::newRow("text") << QByteArray("hello") << 0 << s("line 1");
    QTest::newRow("truncated") << drawioFile(page).chopped(12) << 0 << s("not well-formed XML");
    QTest::newRow("html") << QByteArray("<html/>") << 0 << s("HTML");
    QTest::newRow("no diagram") << drawioFile({}) << 0 << s("no diagram");
}

void TestDrawioFile::countsPages()
{
    QFETCH(QByteArray, data);
    QFETCH(int, pages);
    QFETCH(QString, error);
    const Result<int> found = pagesOf(data);
    QCOMPARE(bool(found), error.isEmpty());
    if (found)
        QCOMPARE(*found, pages);
    else
        QVERIFY2(found.error().message.contains(error) && !found.error().message.contains(u'\n'),
                 qPrintable(found.error().message));
}

void TestDrawioFile::extractsOnePage()
{
    const QByteArray file = drawioFile(drawioPage(drawioBox("&lt;b&gt;A&lt;/b&gt;"), "A")
                                       + drawioPage(drawioBox("B"), "B") + drawioCompressedPage());
    for (int page = 0; page < 3; ++page) {
        const QByteArray cut = drawioWithOnePage(file, page);
        QCOMPARE(pagesOf(cut).value_or(0), 1);
        QCOMPARE(cut.contains("&lt;b&gt;A"), page == 0);
        QCOMPARE(cut.contains("\"B\""), page == 1);
        QCOMPARE(cut.contains("Compressed"), page == 2);
    }
    QCOMPARE(drawioWithOnePage(drawioEmptyModel(), 0), drawioEmptyModel());
}

void TestDrawioFile::checksOutputs()
{
    for (const QImage::Format format : {QImage::Format_RGB888, QImage::Format_RGBA8888}) {
        QImage picture = blank(format);
        const Status blankPicture = checkDrawioOutput(png(picture), s("png"));
        QVERIFY(!blankPicture);
        QVERIFY2(blankPicture.error().message.contains(s("blank")), qPrintable(blankPicture.error().message));
        picture.setPixelColor(299, 199, Qt::black);
        QVERIFY2(checkDrawioOutput(png(picture), s("png")), "one pixel is enough content");
        QVERIFY(!checkDrawioOutput(png(picture).chopped(20), s("png")));
    }
    QVERIFY(!checkDrawioOutput({}, s("png")));
    QVERIFY(!checkDrawioOutput("\n", s("svg")));
    QVERIFY(!checkDrawioOutput("Error", s("png")));
    QVERIFY(!checkDrawioOutput("<html/>", s("svg")));
    QVERIFY(checkDrawioOutput("<svg/>", s("svg")));
    QVERIFY(!checkDrawioOutput("%PDF-1.4", s("pdf")));
    QVERIFY(checkDrawioOutput("%PDF-1.4\n%%EOF\n", s("pdf")));
}

QTEST_GUILESS_MAIN(TestDrawioFile)
#include "tst_drawiofile.moc"
