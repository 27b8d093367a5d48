// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/jobplanner.h"
#include "core/submit/planexecution.h"
#include "tests/support/asnobody.h"
#include "tests/support/inputs.h"

#include <QObject>

namespace lifeguard::test {

/// Base class of tests of plans. Each test function has a new folder that the user "nobody" can enter as well; the
/// workspace is "ws" in this folder.
class PlanTest : public QObject
{
    Q_OBJECT

protected:
    /// The content of a file that produces one job.
    static inline const QByteArray diagram = "@startuml\nA -> B\n@enduml\n";

    QString write(const QString &name, const QByteArray &content = diagram) const
    {
        return writeInput(*m_folder, name, content);
    }
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(s(name)); }
    [[nodiscard]] PlanOptions options() const;
    /// Returns the names of the plan's inputs, without their folders.
    [[nodiscard]] static QStringList inputs(const JobPlan &plan);
    /// Returns why the plan skips a path; empty if it does not.
    [[nodiscard]] static QString reasonFor(const JobPlan &plan, const QString &path);
    [[nodiscard]] static QStringList filesIn(const QString &folder);

    std::unique_ptr<QTemporaryDir> m_folder;

private Q_SLOTS:
    void init() { m_folder = folderForNobody(); }
};

} // namespace lifeguard::test
