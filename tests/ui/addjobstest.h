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

/// The dialog for adding jobs over a workspace of its own, for the tests that are about it.
class AddJobsTest : public QObject
{
protected:
    void begin()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        QVERIFY(QDir(m_folder->path()).mkdir(s("ws")));
    }
    void open()
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
    /// Gives the paths and waits for what is made of them.
    void give(const QStringList &paths)
    {
        m_dialog->addPaths(paths);
        QVERIFY2(!ok()->isEnabled(), "it can be accepted before the preview is there");
        EVENTUALLY(isPlanned());
    }
    QString write(const QString &name, const QByteArray &content = "@startuml\nA -> B\n@enduml\n") const { return writeInput(*m_folder, name, content); }
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    [[nodiscard]] bool isPlanned() const { return ok()->isEnabled() || !ok()->toolTip().contains(s("being searched")); }
    /// Waits until a thread looks through the folders; they have to be large, so that it is met at it.
    static bool searchBegins()
    {
        return QTest::qWaitFor([] { return QThreadPool::globalInstance()->activeThreadCount() > 0; }, patience);
    }
    template<typename T>
    T *child(const char *name) const
    {
        return m_dialog->findChild<T *>(s(name));
    }
    QPushButton *ok() const { return child<QPushButton>("addButton"); }
    QAbstractItemModel *preview() const { return child<QTableView>("planPreview")->model(); }
    /// "input | type | output | note", one for each row.
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
