// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that the temporary folders of killed workers are removed, and that folders in use are not.
#include "core/base/stalefolders.h"
#include "core/worker/privatefolder.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <csignal>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lifeguard;

class TestPrivateFolder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void foldersOfKilledWorkersAreRemoved();
    void foldersInUseAreKept();
    void foldersAreNotRemovedWhileTheyAreCreated();
    void folderThatIsStillWrittenToIsRemovedLater();

private:
    [[nodiscard]] QStringList folders() const
    {
        return QDir(m_folder->path()).entryList({QStringLiteral("lifeguard-plantuml-*")}, QDir::Dirs);
    }
    const QString m_name = QStringLiteral("lifeguard-plantuml");
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestPrivateFolder::init()
{
    m_folder.reset();
    qunsetenv("TMPDIR");
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("TMPDIR", QFile::encodeName(m_folder->path()));
}

void TestPrivateFolder::foldersOfKilledWorkersAreRemoved()
{
    int ready[2];
    QCOMPARE(pipe(ready), 0);
    const pid_t worker = fork();
    QVERIFY(worker >= 0);
    if (worker == 0) {
        const auto folder = PrivateFolder::create(m_name);
        const ssize_t written = write(ready[1], "x", 1);
        while (folder && written == 1)
            pause();
        _exit(1);
    }
    char byte = 0;
    QCOMPARE(read(ready[0], &byte, 1), ssize_t(1));
    kill(worker, SIGKILL);
    waitpid(worker, nullptr, 0);
    close(ready[0]);
    close(ready[1]);
    QCOMPARE(folders().size(), 1);
    removeStaleFolders();
    QCOMPARE(folders(), QStringList());
}

void TestPrivateFolder::foldersInUseAreKept()
{
    const auto folder = PrivateFolder::create(m_name);
    QVERIFY(folder);
    removeStaleFolders();
    const auto second = PrivateFolder::create(m_name);
    QVERIFY(second);
    QCOMPARE(folders().size(), 2);
}

/// A folder must not be removed between its creation and its locking.
void TestPrivateFolder::foldersAreNotRemovedWhileTheyAreCreated()
{
    std::atomic<bool> isOver = false;
    std::thread remover([&isOver] {
        while (!isOver)
            removeStaleFolders();
    });
    QStringList missing;
    for (int i = 0; i < 2000; ++i) {
        const auto folder = PrivateFolder::create(m_name);
        if (!folder)
            missing.append(folder.error().message);
        else if (!QFile::exists((*folder)->path()))
            missing.append((*folder)->path());
    }
    isOver = true;
    remover.join();
    QCOMPARE(missing, QStringList());
}

/// A tool that has not ended yet creates files while its folder is removed. As long as the folder exists, it needs its
/// lock file: without it, nobody can tell that the folder is left over.
void TestPrivateFolder::folderThatIsStillWrittenToIsRemovedLater()
{
    std::atomic<std::shared_ptr<const QByteArray>> current;
    std::atomic<bool> isOver = false;
    std::thread tool([&] {
        for (int i = 0; !isOver; ++i) {
            if (const std::shared_ptr<const QByteArray> path = current) {
                const QByteArray folder = *path + "/.java";
                const QByteArray file = folder + "/file" + QByteArray::number(i);
                mkdir(folder.constData(), 0700);
                close(open(file.constData(), O_CREAT | O_WRONLY, 0600));
            }
        }
    });
    QStringList withoutLock;
    for (int i = 0; i < 200; ++i) {
        auto folder = PrivateFolder::create(m_name);
        if (!folder)
            break;
        const QString path = (*folder)->path();
        current = std::make_shared<const QByteArray>(QFile::encodeName(path));
        folder->reset();
        if (QFile::exists(path) && !QFile::exists(path + QStringLiteral("/lock")))
            withoutLock.append(path);
    }
    isOver = true;
    tool.join();
    QCOMPARE(withoutLock, QStringList());
    removeStaleFolders();
    QCOMPARE(folders(), QStringList());
}

QTEST_GUILESS_MAIN(TestPrivateFolder)
#include "tst_privatefolder.moc"
