// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>

namespace lifeguard::test {

/// Writes an input, creates its folders, and returns its path.
inline QString writeInput(const QTemporaryDir &folder, const QString &name, const QByteArray &content = "@startuml\nA -> B\n@enduml\n")
{
    const QString path = folder.filePath(name);
    QDir().mkpath(QFileInfo(path).path());
    write(path, content);
    return path;
}

} // namespace lifeguard::test
