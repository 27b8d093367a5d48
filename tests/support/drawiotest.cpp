// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/drawiotest.h"

#include "core/base/processtable.h"
#include "core/worker/drawioconverter.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QTest>

namespace lifeguard::test {
namespace {

constexpr auto everything = QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden | QDir::System; // with broken links

} // namespace

QList<qint64> DrawioTest::descendants()
{
    QList<qint64> pids;
    for (const ProcessEntry &entry : ProcessTable::read().treeOf(QCoreApplication::applicationPid())) {
        if (entry.pid != QCoreApplication::applicationPid())
            pids.append(entry.pid);
    }
    return pids;
}

void DrawioTest::closeConverter()
{
    if (m_converter)
        QVERIFY(close());
    EVENTUALLY(descendants().isEmpty());
    QCOMPARE(m_temporary.entryList(everything), QStringList());
}

void DrawioTest::initTestCase()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_temporary.setPath(path("tmp"));
    QVERIFY(m_temporary.mkpath(s(".")));
    qputenv("TMPDIR", QFile::encodeName(m_temporary.path()));
}

void DrawioTest::init()
{
    // One folder for all functions: draw.io is loaded again if the folders change from which drawings may load
    // pictures.
    removeFiles(m_temporary.absolutePath());
    if (!m_converter)
        use(std::make_unique<DrawioConverter>());
}

void DrawioTest::cleanup()
{
    for (const char *variable : {"LIFEGUARD_DRAWIO", "LIFEGUARD_DRAWIO_APP", "LIFEGUARD_CHROMIUM"})
        qunsetenv(variable);
    // The files of a job have this name, in the folder that the converter keeps.
    for (const QString &folder : m_temporary.entryList(everything))
        QCOMPARE(QDir(m_temporary.filePath(folder)).entryList({s("drawing*")}), QStringList());
}

void DrawioTest::cleanupTestCase()
{
    closeConverter();
    qunsetenv("TMPDIR");
}

} // namespace lifeguard::test
