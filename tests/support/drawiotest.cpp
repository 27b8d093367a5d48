// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/drawiotest.h"

#include "core/base/processtable.h"
#include "core/worker/drawioconverter.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QTest>

namespace lifeguard::test {

QList<qint64> DrawioTest::descendants()
{
    QList<qint64> pids;
    for (const ProcessEntry &entry : ProcessTable::read().treeOf(QCoreApplication::applicationPid())) {
        if (entry.pid != QCoreApplication::applicationPid())
            pids.append(entry.pid);
    }
    return pids;
}

void DrawioTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(QDir().mkpath(path("tmp")));
    qputenv("TMPDIR", QFile::encodeName(path("tmp")));
    use(std::make_unique<DrawioConverter>());
}

void DrawioTest::cleanup()
{
    QVERIFY(close());
    for (const char *variable : {"LIFEGUARD_DRAWIO", "LIFEGUARD_DRAWIO_APP", "LIFEGUARD_CHROMIUM", "TMPDIR"})
        qunsetenv(variable);
    EVENTUALLY(descendants().isEmpty());
    QCOMPARE(QDir(path("tmp")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden), QStringList());
}

} // namespace lifeguard::test
