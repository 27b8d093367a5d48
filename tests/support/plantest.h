// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/jobplanner.h"
#include "tests/support/asnobody.h"
#include "tests/support/inputs.h"

#include <QObject>

namespace lifeguard::test {

/// A test of plans, with a folder for each of its functions that "nobody", too, can get into; the workspace is "ws" in it.
class PlanTest : public QObject
{
    Q_OBJECT

protected:
    /// Content of a file that one job is made of.
    static inline const QByteArray diagram = "@startuml\nA -> B\n@enduml\n";

    QString write(const QString &name, const QByteArray &content = diagram) const { return writeInput(*m_folder, name, content); }
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    [[nodiscard]] PlanOptions options() const;
    /// The names of the plan's inputs, without their folders.
    [[nodiscard]] static QStringList inputs(const JobPlan &plan);
    /// Why the plan leaves a path out; empty where it does not.
    [[nodiscard]] static QString reasonFor(const JobPlan &plan, const QString &path);
    [[nodiscard]] static QStringList filesIn(const QString &folder);

    std::unique_ptr<QTemporaryDir> m_folder;

private Q_SLOTS:
    void init() { m_folder = folderForNobody(); }
};

} // namespace lifeguard::test
