// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a path is inside a folder after links are resolved, and the last lines of files.
#include "core/base/filetail.h"
#include "core/base/paths.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

class TestPaths : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isInside_data();
    void isInside();
    void lastLines();
};

void TestPaths::isInside_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<bool>("inside");
    const auto row = [](const char *path, bool inside) { QTest::newRow(path) << QString::fromUtf8(path) << inside; };
    row("ws/a.puml", true);
    row("ws", true);
    row("ws/", true);
    row("ws/sub/deeper/a.puml", true);
    row("ws/not/there/yet.svg", true);
    row("ws-2/a.puml", false);
    row("outside/a.puml", false);
    row("ws/../outside/a.puml", false);
    row("ws/sub/../../outside/new.svg", false);
    row("ws/sub/../a.puml", true);
    row("ws/link-out/a.puml", false);
    row("ws/link-out/not/there.svg", false);
    row("ws/link-in/a.puml", true);
    row("ws/file-link-out", false);
    row("ws/dangling", false);
    row("ws/dangling/new.svg", false);
    row("link-to-ws/a.puml", true);
    row("link-to-ws/not/there.svg", true);
    row("", false);
}

void TestPaths::isInside()
{
    QFETCH(QString, path);
    QFETCH(bool, inside);
    QTemporaryDir folder;
    const QDir dir(folder.path());
    for (const char *name : {"ws/sub/deeper", "ws-2", "outside"})
        QVERIFY(dir.mkpath(QString::fromLatin1(name)));
    for (const char *name : {"ws/a.puml", "ws-2/a.puml", "outside/a.puml"}) {
        QFile file(dir.filePath(QString::fromLatin1(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
    }
    const auto link = [&dir](const char *target, const char *name) {
        QVERIFY(QFile::link(dir.filePath(QString::fromLatin1(target)), dir.filePath(QString::fromLatin1(name))));
    };
    link("outside", "ws/link-out");
    link("ws/sub", "ws/link-in");
    link("outside/a.puml", "ws/file-link-out");
    link("nowhere", "ws/dangling");
    link("ws", "link-to-ws");
    const QString full = path.isEmpty() ? path : folder.path() + u'/' + path;
    QCOMPARE(lifeguard::isInside(full, dir.filePath(QStringLiteral("ws"))), inside);
    QCOMPARE(lifeguard::isInside(full, dir.filePath(QStringLiteral("link-to-ws"))), inside);
}

void TestPaths::lastLines()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("log"));
    QCOMPARE(lifeguard::lastLines(path, 3), QStringList());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("a\n\nb\nc");
    file.flush();
    QCOMPARE(lifeguard::lastLines(path, 2), (QStringList{QStringLiteral("b"), QStringLiteral("c")}));
    QCOMPARE(lifeguard::lastLines(path, 9).size(), 3);
    file.write(QByteArray(17 * 1024, 'x') + "\nlast\n"); // the long line begins before the last 16 KiB
    file.flush();
    QCOMPARE(lifeguard::lastLines(path, 9), QStringList{QStringLiteral("last")});
}

QTEST_GUILESS_MAIN(TestPaths)
#include "tst_paths.moc"
