// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the translation of paths between the host and a container.
#include "core/worker/hostpaths.h"
#include "tests/support/testhelpers.h"

#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

class TestHostPaths : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void translatesHostPathsToContainerPaths_data();
    void translatesHostPathsToContainerPaths();
    void translatesPathsInTextToHostPaths_data();
    void translatesPathsInTextToHostPaths();
};

void TestHostPaths::translatesHostPathsToContainerPaths_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("local");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *host, const char *local, const char *path, const char *expected) {
        QTest::newRow(name) << s(host) << s(local) << s(path) << s(expected);
    };
    row("below the workspace", "/home/u/ws", "/workspace", "/home/u/ws/a/b.puml", "/workspace/a/b.puml");
    row("the workspace itself", "/home/u/ws", "/workspace", "/home/u/ws", "/workspace");
    row("trailing slash", "/home/u/ws/", "/workspace/", "/home/u/ws/a", "/workspace/a");
    row("name with the same beginning", "/home/u/ws", "/workspace", "/home/u/ws2/a", "/home/u/ws2/a");
    row("name with the same beginning and a dot", "/home/u/ws", "/workspace", "/home/u/ws.old", "/home/u/ws.old");
    row("above the workspace", "/home/u/ws", "/workspace", "/home/u", "/home/u");
    row("outside the workspace", "/home/u/ws", "/workspace", "/etc/passwd", "/etc/passwd");
    row("the container's path on the host", "/home/u/ws", "/workspace", "/workspace/a", "/workspace/a");
    row("host path inside another path", "/home/u/ws", "/workspace", "/srv/home/u/ws/a", "/srv/home/u/ws/a");
    row("leaves the workspace with ..", "/home/u/ws", "/workspace", "/home/u/ws/../secret", "/home/u/ws/../secret");
    row("leaves the workspace with .. to a similar name", "/home/u/ws", "/workspace", "/home/u/ws/../ws2/a",
        "/home/u/ws/../ws2/a");
    row("enters the workspace with ..", "/home/u/ws", "/workspace", "/home/u/x/../ws/a", "/workspace/a");
    row("stays inside with .., which may follow a link", "/home/u/ws", "/workspace", "/home/u/ws/link/../a",
        "/workspace/link/../a");
    row("double slashes", "/home/u/ws", "/workspace", "/home//u/ws//a", "/workspace/a");
    row("relative path", "/home/u/ws", "/workspace", "a/b.puml", "a/b.puml");
    row("empty path", "/home/u/ws", "/workspace", "", "");
    row("no host workspace", "", "/workspace", "/home/u/ws/a", "/home/u/ws/a");
    row("mounted at the same path", "/home/u/ws", "/home/u/ws", "/home/u/ws/x/../a", "/home/u/ws/x/../a");
    row("mounted below the host workspace", "/work", "/work/space", "/work/a", "/work/space/a");
    row("host workspace is /", "/", "/workspace", "/a/b", "/workspace/a/b");
    row("non-ASCII characters", "/home/ü/Übungen", "/workspace", "/home/ü/Übungen/a ö.puml", "/workspace/a ö.puml");
}

void TestHostPaths::translatesHostPathsToContainerPaths()
{
    QFETCH(QString, host);
    QFETCH(QString, local);
    QFETCH(QString, path);
    QTEST(HostPaths(host, local).toLocal(path), "expected");
}

void TestHostPaths::translatesPathsInTextToHostPaths_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("local");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *text, const char *expected, const char *host = "/home/u/ws",
                        const char *local = "/workspace") {
        QTest::newRow(name) << s(host) << s(local) << s(text) << s(expected);
    };
    row("a path in a sentence", "The input /workspace/a.puml does not exist.",
        "The input /home/u/ws/a.puml does not exist.");
    row("the workspace", "outside the workspace /workspace: workers", "outside the workspace /home/u/ws: workers");
    row("at the end of the text", "No folder: /workspace", "No folder: /home/u/ws");
    row("at the end of a sentence", "There is no /workspace. Really", "There is no /home/u/ws. Really");
    row("several quoted paths", "'/workspace/a' -> \"/workspace/b\"", "'/home/u/ws/a' -> \"/home/u/ws/b\"");
    row("several lines", "File /workspace/a\nFile /workspace/b\n", "File /home/u/ws/a\nFile /home/u/ws/b\n");
    row("URLs", "file:/workspace/a file:///workspace/a", "file:/home/u/ws/a file:///home/u/ws/a");
    row("name with the same beginning", "/workspaces/a /workspace2 /workspace.old /workspace-1",
        "/workspaces/a /workspace2 /workspace.old /workspace-1");
    row("end of another path", "/srv/workspace/a", "/srv/workspace/a");
    row("no path", "line 3: Syntax Error?", "line 3: Syntax Error?");
    row("no host workspace", "/workspace/a", "/workspace/a", "");
    row("mounted at the same path", "/home/u/ws/a", "/home/u/ws/a", "/home/u/ws", "/home/u/ws");
    row("host path ends with the container's path", "The input /workspace/a is bad",
        "The input /srv/workspace/a is bad", "/srv/workspace");
    row("host workspace is /", "/workspace/a and /workspace", "/a and /", "/");
}

void TestHostPaths::translatesPathsInTextToHostPaths()
{
    QFETCH(QString, host);
    QFETCH(QString, local);
    QFETCH(QString, text);
    QTEST(HostPaths(host, local).textToHost(text), "expected");
}

QTEST_GUILESS_MAIN(TestHostPaths)
#include "tst_hostpaths.moc"
