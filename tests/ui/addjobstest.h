// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/inputs.h"
#include "tests/support/testhelpers.h"
#include "tests/support/threads.h"
#include "ui/dialogs/addjobsdialog.h"

#include <QAbstractItemModelTester>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>

#include <memory>

namespace lifeguard::test {

/// Base class of the tests of the dialog for adding jobs. Opens the dialog for a temporary workspace.
class AddJobsTest : public QObject
{
protected:
    void createWorkspace()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        QVERIFY(QDir(m_folder->path()).mkdir(s("ws")));
    }
    void openDialog()
    {
        AddJobsContext context;
        context.workspace = path("ws");
        context.types = {s("mine"), s("plantuml")};
        context.servedTypes = {s("plantuml")};
        m_dialog = std::make_unique<AddJobsDialog>(context);
        new QAbstractItemModelTester(preview(), m_dialog.get());
        m_dialog->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_dialog.get()));
    }
    /// Adds paths to the dialog and waits for the preview.
    void addAndWait(const QStringList &paths)
    {
        m_dialog->addPaths(paths);
        QVERIFY2(!addButton()->isEnabled(), "the dialog can be accepted before the preview is complete");
        EVENTUALLY(isPreviewComplete());
    }
    QString write(const QString &name, const QByteArray &content = "@startuml\nA -> B\n@enduml\n") const
    {
        return writeInput(*m_folder, name, content);
    }
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    [[nodiscard]] bool isPreviewComplete() const
    {
        return addButton()->isEnabled() || !addButton()->toolTip().contains(s("being searched"));
    }
    /// Waits until another thread searches the folders, and returns whether one does. The folders must be so large that
    /// the search is still running then.
    static bool waitForSearch()
    {
        return QTest::qWaitFor([] { return QThreadPool::globalInstance()->activeThreadCount() > 0; }, patience);
    }
    template<typename T>
    T *child(const char *name) const
    {
        return m_dialog->findChild<T *>(s(name));
    }
    QPushButton *addButton() const { return child<QPushButton>("addButton"); }
    QAbstractItemModel *preview() const { return child<QTableView>("planPreview")->model(); }
    /// Returns the rows of the preview, each as "input | type | output | note".
    QStringList rows() const
    {
        QStringList lines;
        for (int row = 0; row < preview()->rowCount(); ++row) {
            QStringList cells;
            for (int column = 0; column < preview()->columnCount(); ++column) {
                cells.append(preview()->index(row, column).data().toString());
            }
            lines.append(cells.join(s(" | ")));
        }
        lines.sort();
        return lines;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<AddJobsDialog> m_dialog;
};

} // namespace lifeguard::test
